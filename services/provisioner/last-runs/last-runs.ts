import { z } from 'zod';
import { ArgoWorkflow, WORKFLOW_API } from '../../../core/argo-workflow';
import { Label } from '../../../core/labels';
import { PROJECTS_PATH, ProjectObject } from '../../../core/project';
import { NAMESPACE_PREFIX } from '../../../core/project-name';
import { follow } from '../../shared/follow';
import { type KubeClient, unlessGone } from '../../shared/kube-client';
import type { Logger } from '../../shared/log';
import { WorkQueue } from '../../shared/work-queue';

const CONCURRENCY = 2;
const WORKFLOWS = `/apis/${WORKFLOW_API.group}/${WORKFLOW_API.version}`;
/** Of our making, and over: the label is Argo's. */
const OURS_AND_OVER = `workflows.argoproj.io/completed=true,${Label.run}`;

const Head = z.object({
  metadata: z.object({ name: z.string(), namespace: z.string(), creationTimestamp: z.string() }),
});

export interface LastRunsParts {
  /** Fenced: the leader writes, and nobody else. */
  readonly kube: KubeClient;
  readonly log: Logger;
}

/**
 * Starts noting on each Project how its last run ended, for `kubectl get projects`. Nothing depends on it. Resolves, once
 * what is under way has ended, from the function it returns.
 */
export function startLastRuns({ kube, log }: LastRunsParts): () => Promise<void> {
  const stopping = new AbortController();
  /** The newest run of each namespace that is over, and when it was made. */
  const newest = new Map<string, { readonly name: string; readonly made: string }>();
  const queue = new WorkQueue({
    log,
    concurrency: CONCURRENCY,
    work: async (namespace) => {
      const run = newest.get(namespace);
      if (run !== undefined) await note(kube, namespace, run.name);
      return undefined;
    },
  });
  const following = follow({
    kube,
    path: `${WORKFLOWS}/${WORKFLOW_API.plural}`,
    labelSelector: OURS_AND_OVER,
    metadataOnly: true,
    log,
    signal: stopping.signal,
    onObject: (object) => {
      const { name, namespace, creationTimestamp } = Head.parse(object).metadata;
      const known = newest.get(namespace);
      // Later by the clock of the API server; two of one second are told apart by nothing that matters.
      if (known !== undefined && (known.name === name || known.made > creationTimestamp)) return;
      newest.set(namespace, { name, made: creationTimestamp });
      queue.add(namespace);
    },
    onGone: (key) => {
      const [namespace = '', name] = key.split('/');
      if (newest.get(namespace)?.name === name) newest.delete(namespace);
    },
  });
  return async () => {
    stopping.abort();
    await Promise.all([queue.stop(), following]);
  };
}

async function note(kube: KubeClient, namespace: string, name: string): Promise<void> {
  const path = `${PROJECTS_PATH}/${namespace.slice(NAMESPACE_PREFIX.length)}`;
  const [workflow, object] = await Promise.all([
    kube.get(`${WORKFLOWS}/namespaces/${namespace}/${WORKFLOW_API.plural}/${name}`).catch(unlessGone),
    kube.get(path).catch(unlessGone),
  ]);
  if (workflow === undefined || object === undefined) return;
  const { status } = ArgoWorkflow.parse(workflow);
  const project = ProjectObject.parse(object);
  const { phase, finishedAt } = status;
  if (project.status?.lastRun?.name === name || phase === '' || finishedAt === undefined || finishedAt === null) return;
  const { uid } = project.metadata;
  await kube.patch(`${path}/status`, 'merge', { metadata: { uid }, status: { lastRun: { name, phase, finishedAt } } });
}
