import { z } from 'zod';
import { Namespace } from '../../../core/labels';
import { GUARD_FINALIZER, PROJECTS_PATH, ProvisionerObject } from '../../../core/project';
import { type KubeClient, unlessGone } from '../../shared/kube-client';
import type { Logger } from '../../shared/log';
import { metadataField } from './observe-collection';
import type { ProjectTable } from './project-table';

const Guard = z.object({
  metadata: z.object({
    uid: z.string(),
    resourceVersion: z.string(),
    deletionTimestamp: z.string().optional(),
    finalizers: z.array(z.string()).default([]),
  }),
});

const GUARD = `/api/v1/namespaces/${Namespace.seakeeperSystem}/configmaps/${ProvisionerObject.guard}`;
/** How often to look whether everything is gone. Milliseconds. */
const AGAIN_MS = 500;
/** Projects deleted at once. */
const AT_ONCE = 16;

export interface ProjectsGuardOptions {
  readonly kube: KubeClient;
  readonly table: ProjectTable;
  readonly log: Logger;
  /** The system began to be taken down: every namespace is looked at again. */
  readonly onTearDown: () => void;
}

/**
 * Takes down every Project and every namespace of one when the guard is being deleted, and then lets the guard go: whoever
 * takes the system down takes the provisioner down after it, and nobody would be left to do it.
 */
export class ProjectsGuard {
  private tearingDown = false;

  constructor(private readonly options: ProjectsGuardOptions) {}

  get isTearingDown(): boolean {
    return this.tearingDown;
  }

  /** One pass. Rejects when a retry could help; a number asks for another pass after that many milliseconds. */
  async reconcile(): Promise<number | undefined> {
    const { kube, log, table } = this.options;
    const object = await kube.get(GUARD).catch(unlessGone);
    const guard = object === undefined ? undefined : Guard.parse(object).metadata;
    const isGoing = guard?.deletionTimestamp !== undefined && guard.finalizers.includes(GUARD_FINALIZER);
    if (isGoing !== this.tearingDown) {
      this.tearingDown = isGoing;
      if (isGoing) {
        log.warn('the system is being taken down: every project goes');
        this.options.onTearDown();
      }
    }
    if (guard === undefined || !isGoing) return undefined;
    const projects = await this.deleteProjects();
    const namespaces = [...table.values()].filter(({ space }) => space?.ours === true).length;
    if (projects > 0 || namespaces > 0) return AGAIN_MS;
    const { uid, resourceVersion, finalizers } = guard;
    const others = finalizers.filter((finalizer) => finalizer !== GUARD_FINALIZER);
    await kube.patch(GUARD, 'merge', { metadata: { uid, resourceVersion, finalizers: others } });
    log.info('every project is gone');
    return undefined;
  }

  /** How many there were. */
  private async deleteProjects(): Promise<number> {
    const { kube } = this.options;
    const names: string[] = [];
    for await (const { items } of kube.list(PROJECTS_PATH, { metadataOnly: true })) {
      names.push(...items.map((item) => metadataField(item, 'name')));
    }
    for (let start = 0; start < names.length; start += AT_ONCE) {
      const some = names.slice(start, start + AT_ONCE);
      await Promise.all(some.map((name) => kube.delete(`${PROJECTS_PATH}/${name}`).catch(unlessGone)));
    }
    return names.length;
  }
}
