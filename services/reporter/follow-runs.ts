import { z } from 'zod';
import { type ArgoWorkflow, isFinished, WORKFLOW_API } from '../../core/argo-workflow';
import type { DecisionRecord } from '../../core/decision';
import { Annotation, Label } from '../../core/labels';
import { messageOf } from '../shared/errors';
import { follow } from '../shared/follow';
import type { KubeClient } from '../shared/kube-client';
import type { Logger } from '../shared/log';
import { parseWorkflow } from '../shared/parse-workflow';
import { WorkQueue } from '../shared/work-queue';
import { ExpectedRuns } from './expected-runs';
import type { ReporterController } from './reporter-controller';

const CONCURRENCY = 16;
const Identified = z.object({ metadata: z.object({ uid: z.string() }) });
/** Of one namespace, that is of one project: a Gerrit that is slow for it alone must leave connections to the others. */
const CONCURRENCY_OF_NAMESPACE = 4;

export interface FollowRunsOptions {
  readonly kube: Pick<KubeClient, 'list' | 'watch'>;
  readonly controller: ReporterController;
  /** How long a Workflow is kept after its report stands: one of a run that is younger is there, or was removed. */
  readonly keptMs: number;
  readonly log: Logger;
  readonly signal: AbortSignal;
  readonly onSynced: () => void;
}

export interface FollowedRuns {
  readonly queue: WorkQueue;
  readonly done: Promise<void>;
  /** Tells of a decision of the ledger: a run that was started has a Workflow, or is reported as removed. */
  readonly decided: (record: DecisionRecord) => void;
}

/**
 * Follows all Workflows that carry a run's label, keeps those still unreported, and has each reconciled, and so those that
 * are missing. One key has one job at a time, so that a run is never reported as finished and as removed at once.
 */
export function followRuns({ kube, controller, keptMs, log, signal, onSynced }: FollowRunsOptions): FollowedRuns {
  const open = new Map<string, ArgoWorkflow>();
  const expected = new ExpectedRuns();
  const queue = new WorkQueue({
    log,
    concurrency: CONCURRENCY,
    groups: { of: (key) => key.split('/')[0] ?? '', most: CONCURRENCY_OF_NAMESPACE },
    work: async (key) => {
      const { run, againMs } = expected.look(key, Date.now());
      if (run !== undefined) {
        await controller.reportRemoved(run.workflow, run.phase);
        expected.settled(key);
      }
      const workflow = open.get(key);
      const laterMs = workflow === undefined ? undefined : await controller.reconcile(workflow);
      return laterMs === undefined || againMs === undefined ? (laterMs ?? againMs) : Math.min(laterMs, againMs);
    },
  });
  const forget = (key: string): ArgoWorkflow | undefined => {
    const workflow = open.get(key);
    if (workflow !== undefined) {
      open.delete(key);
      controller.forget(workflow.metadata.uid);
    }
    return workflow;
  };
  /** A Workflow is there no more under this key; one that was not reported is looked after. */
  const lose = (key: string): void => {
    const workflow = forget(key);
    if (workflow !== undefined) {
      const { namespace, name, uid } = workflow.metadata;
      expected.lost(key, { workflow: { namespace, name, uid }, phase: workflow.status.phase });
      queue.add(key);
    }
  };
  const { group, version, plural } = WORKFLOW_API;
  const done = follow({
    kube,
    path: `/apis/${group}/${version}/${plural}`,
    labelSelector: Label.run,
    log,
    signal,
    onSynced: () => {
      expected.synced();
      onSynced();
    },
    onGone: (key) => {
      expected.gone(key);
      lose(key);
    },
    onObject: (object, key) => {
      expected.present(key, Identified.safeParse(object).data?.metadata.uid ?? '');
      let workflow: ArgoWorkflow;
      try {
        workflow = parseWorkflow(object);
      } catch (error) {
        return log.error({ key, reason: messageOf(error) }, 'Workflow cannot be read, it is not reported');
      }
      if (workflow.metadata.annotations[Annotation.reported] !== undefined) {
        forget(key);
        return;
      }
      const isNew = open.get(key)?.metadata.uid !== workflow.metadata.uid;
      if (isNew) {
        lose(key);
      }
      open.set(key, workflow);
      if (isFinished(workflow.status.phase)) {
        queue.add(key);
      } else if (isNew) {
        void controller.prepare(workflow).catch(() => undefined);
      }
    },
  });
  const decided = ({ at, decision }: DecisionRecord): void => {
    if (decision.kind !== 'spawned' || Date.now() - Date.parse(at) > keptMs) {
      return;
    }
    const { namespace, name } = decision.workflow;
    const key = `${namespace}/${name}`;
    const againMs = expected.expect(key, decision.workflow, Date.now());
    if (againMs !== undefined) {
      queue.addAfter(key, againMs);
    }
  };
  return { queue, done, decided };
}
