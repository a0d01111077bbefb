import { type ArgoWorkflow, isFinished, WORKFLOW_API } from '../../core/argo-workflow';
import { Annotation, Label } from '../../core/labels';
import { messageOf } from '../shared/errors';
import { follow } from '../shared/follow';
import type { KubeClient } from '../shared/kube-client';
import type { Logger } from '../shared/log';
import { parseWorkflow } from '../shared/parse-workflow';
import { WorkQueue } from '../shared/work-queue';
import type { ReporterController } from './reporter-controller';

const CONCURRENCY = 16;
/** Of one namespace, that is of one project: a Gerrit that is slow for it alone must leave connections to the others. */
const CONCURRENCY_OF_NAMESPACE = 4;

export interface FollowRunsOptions {
  readonly kube: Pick<KubeClient, 'list' | 'watch'>;
  readonly controller: ReporterController;
  readonly log: Logger;
  readonly signal: AbortSignal;
  readonly onSynced: () => void;
}

/** Follows all Workflows that carry a run's label, keeps those still unreported, and has each reconciled. */
export function followRuns({ kube, controller, log, signal, onSynced }: FollowRunsOptions): {
  queue: WorkQueue;
  done: Promise<void>;
} {
  const open = new Map<string, ArgoWorkflow>();
  const queue = new WorkQueue({
    log,
    concurrency: CONCURRENCY,
    groups: { of: (key) => key.split('/')[0] ?? '', most: CONCURRENCY_OF_NAMESPACE },
    work: async (key) => {
      const workflow = open.get(key);
      return workflow === undefined ? undefined : controller.reconcile(workflow);
    },
  });
  const forget = (key: string) => {
    const workflow = open.get(key);
    if (workflow !== undefined) {
      open.delete(key);
      controller.forget(workflow.metadata.uid);
    }
  };
  const { group, version, plural } = WORKFLOW_API;
  const done = follow({
    kube,
    path: `/apis/${group}/${version}/${plural}`,
    labelSelector: Label.run,
    log,
    signal,
    onSynced,
    onGone: forget,
    onObject: (object, key) => {
      let workflow: ArgoWorkflow;
      try {
        workflow = parseWorkflow(object);
      } catch (error) {
        return log.error({ key, reason: messageOf(error) }, 'Workflow cannot be read, it is not reported');
      }
      if (workflow.metadata.annotations[Annotation.reported] !== undefined) {
        return forget(key);
      }
      const isNew = open.get(key)?.metadata.uid !== workflow.metadata.uid;
      open.set(key, workflow);
      if (isFinished(workflow.status.phase)) {
        queue.add(key);
      } else if (isNew) {
        void controller.prepare(workflow).catch(() => undefined);
      }
    },
  });
  return { queue, done };
}
