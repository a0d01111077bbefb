import { hostname } from 'node:os';
import { z } from 'zod';
import { ArgoWorkflow, isFinished, WORKFLOW_API } from '../../../core/argo-workflow';
import type { KubeObject } from '../../../core/kube-object';
import { PROJECT_API, PROJECTS_PATH } from '../../../core/project';
import { type KubeClient, KubeError, unlessGone } from '../../shared/kube-client';
import { FIELD_MANAGER } from './describe-drift';
import { type ObjectName, objectPath } from './kinds';
import type { ProjectFacts, Told } from './project-table';
import { OLD_FINALIZER } from './read-project';

/** Events of objects without a namespace go here. */
const EVENTS = '/apis/events.k8s.io/v1/namespaces/default/events';
/** As the API server allows. */
const MOST_NOTE = 1024;

/** What became of an object that was applied without force. */
export type Applied =
  | { readonly kind: 'applied'; readonly object: unknown }
  /** Others say that fields of it are theirs. */
  | { readonly kind: 'conflict'; readonly managers: readonly string[]; readonly fields: readonly string[] }
  /** What is there can only be replaced. */
  | { readonly kind: 'immutable' };

const ProjectHead = z.object({
  metadata: z.object({ resourceVersion: z.string(), finalizers: z.array(z.string()).default([]) }),
});

/** The calls of the namespaces controller, under our own field manager. */
export class KubeNamespaces {
  constructor(private readonly kube: KubeClient) {}

  /** Undefined: there is none. */
  async find(object: ObjectName): Promise<unknown> {
    return this.kube.get(objectPath(object)).catch(unlessGone);
  }

  /** Makes or mends one object. */
  async apply(object: KubeObject, force = false): Promise<Applied> {
    const { name, namespace } = object.metadata;
    const path = objectPath({ kind: object.kind, name, namespace });
    try {
      return { kind: 'applied', object: await this.kube.apply(path, object, { fieldManager: FIELD_MANAGER, force }) };
    } catch (error) {
      if (!(error instanceof KubeError)) throw error;
      const conflicts = error.causes.filter(({ reason }) => reason === 'FieldManagerConflict');
      if (error.status === 409 && conflicts.length > 0) {
        const managers = conflicts.map(({ message = '' }) => /conflict with "([^"]*)"/.exec(message)?.[1] ?? message);
        return { kind: 'conflict', managers: [...new Set(managers)], fields: conflicts.map(({ field = '' }) => field) };
      }
      if (error.status === 422 && object.kind === 'RoleBinding') return { kind: 'immutable' };
      throw error;
    }
  }

  async merge(object: ObjectName, patch: object): Promise<unknown> {
    return this.kube.patch(`${objectPath(object)}?fieldManager=${FIELD_MANAGER}`, 'merge', patch);
  }

  async remove(object: ObjectName): Promise<void> {
    await this.kube.delete(objectPath(object)).catch(unlessGone);
  }

  /** Only that very one, and only while it is as it was seen: whoever takes it back meanwhile keeps it. */
  async deleteNamespace(name: string, uid: string, resourceVersion: string): Promise<void> {
    await this.kube.delete(objectPath({ kind: 'Namespace', name }), { preconditions: { uid, resourceVersion } });
  }

  /** Whether there is a Project of that name, asked of the API server itself. A 404 of the whole kind is an error. */
  async hasProject(name: string): Promise<boolean> {
    const list = await this.kube.get(`${PROJECTS_PATH}?fieldSelector=metadata.name%3D${name}`);
    return z.object({ items: z.array(z.unknown()) }).parse(list).items.length > 0;
  }

  /** Puts our part of a Project's status; the rest of it is others'. A Project that is gone needs none. */
  async tell(name: string, { uid }: ProjectFacts, generation: number, told: Told): Promise<void> {
    const { apiVersion, kind } = PROJECT;
    const status = { observedGeneration: generation, ...told };
    const body = { apiVersion, kind, metadata: { name, uid }, status };
    await this.kube
      .apply(`${PROJECTS_PATH}/${name}/status`, body, { fieldManager: FIELD_MANAGER, force: true, metadataOnly: true })
      .catch(unlessGone);
  }

  /** Says on the Project what happened. */
  async event(name: string, { uid }: ProjectFacts, reason: string, action: string, note: string): Promise<void> {
    await this.kube.create(EVENTS, {
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      metadata: { generateName: `${name.slice(0, 50)}-` },
      eventTime: new Date().toISOString().replace('Z', '000Z'),
      type: 'Warning',
      reason,
      action,
      note: note.slice(0, MOST_NOTE),
      regarding: { ...PROJECT, name, uid },
      reportingController: FIELD_MANAGER,
      reportingInstance: hostname(),
    });
  }

  async dropFinalizer(name: string): Promise<void> {
    const path = `${PROJECTS_PATH}/${name}`;
    const present = await this.kube.get(path).catch(unlessGone);
    if (present === undefined) return;
    const { resourceVersion, finalizers } = ProjectHead.parse(present).metadata;
    const left = finalizers.filter((finalizer) => finalizer !== OLD_FINALIZER);
    if (left.length === finalizers.length) return;
    // A merge patch replaces the list: the version keeps it from undoing somebody else's.
    await this.kube.patch(path, 'merge', { metadata: { resourceVersion, finalizers: left } });
  }

  /** How many runs are not finished; each is told to stop when `stop`. */
  async drain(namespace: string, stop: boolean): Promise<number> {
    const { group, version, plural } = WORKFLOW_API;
    const collection = `/apis/${group}/${version}/namespaces/${namespace}/${plural}`;
    let running = 0;
    for await (const { items } of this.kube.list(collection)) {
      for (const workflow of z.array(ArgoWorkflow).parse(items)) {
        if (isFinished(workflow.status.phase)) continue;
        running += 1;
        if (!stop || workflow.spec.shutdown !== undefined) continue;
        const { name, uid } = workflow.metadata;
        const patch = { metadata: { uid }, spec: { shutdown: 'Terminate' } };
        await this.kube.patch(`${collection}/${name}`, 'merge', patch).catch(unlessGone);
      }
    }
    return running;
  }
}

const PROJECT = { apiVersion: `${PROJECT_API.group}/${PROJECT_API.version}`, kind: PROJECT_API.kind } as const;
