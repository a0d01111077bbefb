import { z } from 'zod';
import { type ArgoWorkflow, WORKFLOW_API } from '../../core/argo-workflow';
import { Label } from '../../core/labels';
import { PROJECTS_PATH, ProjectObject } from '../../core/project';
import { namespaceForProject } from '../../core/project-name';
import { follow } from '../shared/follow';
import { type KubeClient, KubeError } from '../shared/kube-client';
import type { Logger } from '../shared/log';
import { parseWorkflow } from '../shared/parse-workflow';
import type { PublicCluster } from './ports';

/** More of a log than this is read from the store. Bytes. */
const MAX_LOG_BYTES = 8 * 1024 * 1024;
/** Most of the last lines: what is more is cut off at their end. Bytes. */
const MAX_TAIL_BYTES = 512 * 1024;
const List = z.object({ items: z.array(z.unknown()) });

/**
 * Public projects over the API server. Which they are is what `Project` objects say; the account's RoleBindings, which
 * the same projects' namespaces carry, say it once more.
 */
export class KubePublicCluster implements PublicCluster {
  /** Namespace of each public project, by the name of its object. */
  private readonly open = new Map<string, string>();

  constructor(
    private readonly kube: KubeClient,
    private readonly logger: Logger,
  ) {}

  /** Follows the Projects until the signal fires. */
  follow(signal: AbortSignal, onSynced: () => void): Promise<void> {
    return follow({
      kube: this.kube,
      path: PROJECTS_PATH,
      log: this.logger,
      signal,
      onSynced,
      onGone: (name) => this.open.delete(name),
      onObject: (object, name) => {
        const project = ProjectObject.safeParse(object).data;
        if (project?.spec.visibility === 'public') {
          this.open.set(name, namespaceForProject(project.spec.gerritName));
        } else {
          this.open.delete(name);
        }
      },
    });
  }

  namespaces(): readonly string[] {
    return [...this.open.values()];
  }

  async find(namespace: string, workflow: string): Promise<ArgoWorkflow | undefined> {
    const object = await this.look(namespace, () => this.kube.get(`${collection(namespace)}/${workflow}`));
    return object === undefined ? undefined : parseWorkflow(object);
  }

  async list(namespace: string): Promise<readonly ArgoWorkflow[]> {
    const query = new URLSearchParams({ labelSelector: Label.run, limit: '500' });
    const page = await this.look(namespace, () => this.kube.get(`${collection(namespace)}?${query}`));
    return page === undefined ? [] : List.parse(page).items.map(parseWorkflow);
  }

  async log(namespace: string, pod: string, tailLines?: number): Promise<string | undefined> {
    const limits =
      tailLines === undefined
        ? { limitBytes: String(MAX_LOG_BYTES) }
        : { limitBytes: String(MAX_TAIL_BYTES), tailLines: String(tailLines) };
    const query = new URLSearchParams({ container: 'main', ...limits });
    return this.look(namespace, () => this.kube.text(`/api/v1/namespaces/${namespace}/pods/${pod}/log?${query}`));
  }

  /** Undefined for what is not there, not there yet (400) or not public (403): a visitor cannot tell which. */
  private async look<T>(namespace: string, ask: () => Promise<T>): Promise<T | undefined> {
    if (!this.namespaces().includes(namespace)) {
      return undefined;
    }
    try {
      return await ask();
    } catch (error) {
      if (error instanceof KubeError && [400, 403, 404].includes(error.status)) {
        return undefined;
      }
      throw error;
    }
  }
}

const collection = (namespace: string): string =>
  `/apis/${WORKFLOW_API.group}/${WORKFLOW_API.version}/namespaces/${namespace}/${WORKFLOW_API.plural}`;
