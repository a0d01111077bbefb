import {
  type ArgoWorkflow,
  isFinished,
  overtakenAttempts,
  podNodes,
  stepName,
  type WorkflowNode,
} from '../../core/argo-workflow';
import type { ChangeHistory } from '../../core/change-history';
import type { WorkflowReference } from '../../core/decision';
import { Annotation } from '../../core/labels';
import type { Pipeline } from '../../core/pipeline';
import { StopReason } from '../../core/stop-reason';
import type { Attention, ChangeState, Review, RunRecord, Vote } from './ports';

/** How a run ended, in the words of a report. Those after `failed` say nothing about the change, so they never vote. */
export type Verdict =
  | { readonly kind: 'succeeded' }
  | { readonly kind: 'failed'; readonly step: WorkflowNode; readonly timedOut: boolean }
  | { readonly kind: 'errored'; readonly cause: string }
  /** `because`: why the trigger stopped it; undefined: somebody else did, or it was for a newer run. */
  | { readonly kind: 'stopped'; readonly because?: StopReason | undefined }
  /** Its Workflow was deleted before it was reported. */
  | { readonly kind: 'removed'; readonly removal: Removal };

/** What is known of a run whose Workflow is gone: the decision that started it, and how the run was when last seen. */
export interface Removal {
  readonly workflow: WorkflowReference;
  /** When the decision was recorded. ISO 8601. */
  readonly startedAt: string;
  /** Argo's word; undefined when it was not seen. */
  readonly phase: string | undefined;
}

export type FirstLook =
  /** Nothing to do now. `wait`: ask again, something may still arrive. */
  | { readonly kind: 'leave'; readonly reason: 'still-running' | 'already-reported' | 'not-ours'; readonly wait?: true }
  /** Nothing to say, ever. */
  | { readonly kind: 'close'; readonly reason: 'no-change' }
  /** Something may have to be said: look at the change. */
  | { readonly kind: 'look'; readonly target: Target };

/** The patch set a run tested. */
export interface Target {
  readonly project: string;
  readonly change: number;
  readonly patchSet: number;
  readonly revision: string;
}

export type ReportDecision =
  | { readonly kind: 'close'; readonly reason: 'superseded' | 'change-not-found' | 'already-there' }
  | ({ readonly kind: 'report'; readonly vote: Vote | undefined } & Manners);

/** Whom a report calls. */
export type Manners = Required<Pick<Review, 'notify' | 'attention'>>;

/** The ledger writes down a run right after it is created; a record that is this late will not come. Milliseconds. */
const RECORD_LATE_MS = 10 * 60_000;

/**
 * What a Workflow asks of the reporter, before Gerrit is asked. Only a Workflow whose UID the ledger knows as spawned
 * is ours: its labels and phase alone could be anybody's.
 */
export function decideWhetherToLook(workflow: ArgoWorkflow, run: RunRecord | undefined, nowMs: number): FirstLook {
  if (!isFinished(workflow.status.phase)) {
    return { kind: 'leave', reason: 'still-running' };
  }
  if (workflow.metadata.annotations[Annotation.reported] !== undefined) {
    return { kind: 'leave', reason: 'already-reported' };
  }
  if (run === undefined) {
    const createdMs = Date.parse(workflow.metadata.creationTimestamp ?? '') || 0;
    const late = nowMs - createdMs > RECORD_LATE_MS;
    return { kind: 'leave', reason: 'not-ours', ...(late ? {} : { wait: true }) };
  }
  const target = targetOf(run);
  return target === undefined ? { kind: 'close', reason: 'no-change' } : { kind: 'look', target };
}

/** The patch set a run tested; undefined for a run of a ref. */
export function targetOf({ event: { change, patchSet } }: RunRecord): Target | undefined {
  return change && patchSet
    ? { project: change.project, change: change.number, patchSet: patchSet.number, revision: patchSet.revision }
    : undefined;
}

export interface ReportFacts {
  readonly target: Target;
  /** Account we post as, and what marks this run's report. */
  readonly account: string;
  readonly tag: string;
  readonly marker: string;
  readonly verdict: Verdict;
  /** Undefined once the pipeline is no longer configured: the report then carries no vote. */
  readonly pipeline: Pipeline | undefined;
  readonly change: ChangeState | undefined;
  /** The trigger stopped the run for a newer one of the same change. */
  readonly superseded: boolean;
  /** The run was started by the change being merged, so that it being closed says nothing. */
  readonly afterMerge: boolean;
}

/** Whether a finished run is reported, and with which vote. Votes only on the current patch set of an open change. */
export function decideReport(facts: ReportFacts): ReportDecision {
  const { change, target, verdict } = facts;
  if (change === undefined) {
    return { kind: 'close', reason: 'change-not-found' };
  }
  if (wasSaid(change, facts)) {
    return { kind: 'close', reason: 'already-there' };
  }
  if (change.currentRevision !== target.revision || facts.superseded) {
    return { kind: 'close', reason: 'superseded' };
  }
  const isOpen = change.status === 'NEW';
  const isUnexplained = verdict.kind === 'removed' || (verdict.kind === 'stopped' && verdict.because === undefined);
  if (!isOpen && !facts.afterMerge && isUnexplained) {
    return { kind: 'close', reason: 'superseded' };
  }
  return {
    kind: 'report',
    vote: isOpen ? voteOf(verdict, facts.pipeline) : undefined,
    ...callOwner(CALLS[verdict.kind], change),
  };
}

const CALLS: Readonly<Partial<Record<Verdict['kind'], string>>> = {
  failed: 'CI failed',
  errored: 'CI could not run',
  removed: 'CI could not run',
};

/**
 * The owner is called when it is their turn, for a reason: to mend the change, or to have it run again. A success calls nobody,
 * nor does what somebody stopped. Nobody is put into the attention set of a change that is closed or not ready.
 */
export function callOwner(reason: string | undefined, { owner, status, workInProgress }: ChangeState): Manners {
  const attention: Attention[] =
    reason === undefined || owner === undefined || status !== 'NEW' || workInProgress === true
      ? []
      : [{ account: owner, reason }];
  return { notify: reason === undefined ? 'NONE' : 'OWNER', attention };
}

/** Whether a later run of the same patch set and pipeline was started: the one of `record` was stopped for it. */
export function wasOvertaken({ events }: ChangeHistory, { at, decision, pipeline }: RunRecord['record']): boolean {
  return events.some(({ pairs }) => {
    const latest = pairs[pipeline]?.latest;
    return (
      latest?.decision.kind === 'spawned' &&
      decision.kind === 'spawned' &&
      latest.decision.workflow.uid !== decision.workflow.uid &&
      latest.at > at
    );
  });
}

/** Whether we already posted what `marker` marks: anybody may write a message, so author and tag count too. */
export function wasSaid(
  change: ChangeState,
  said: { readonly account: string; readonly tag: string; readonly marker: string },
): boolean {
  return change.messages.some(
    ({ author, tag, text }) =>
      author === said.account && tag === said.tag && text.split(/\s/).some((word) => word.endsWith(said.marker)),
  );
}

function voteOf(verdict: Verdict, pipeline: Pipeline | undefined): Vote | undefined {
  const label = pipeline?.label;
  if (label === undefined || (verdict.kind !== 'succeeded' && verdict.kind !== 'failed')) {
    return undefined;
  }
  return { label: label.name, value: verdict.kind === 'succeeded' ? label.success : label.failure };
}

/** A main container that ended by itself with a code: the step judged the change. */
const JUDGED = /\(exit code (\d+)\)/;
/** SIGTERM comes from outside: a drained node, a preempting pod. */
const TERMINATED = '143';
/** Why a step's own last words count for nothing. */
const TAKEN = 'the cluster took its pod (preempted, evicted, drained or lost with its node), whose last word was: ';
/** Undisturbed steps only: what a container says that was told to end is no judgement. */
const NOBODY: ReadonlySet<string> = new Set();
const TIMED_OUT = /exceeded (?:its|the) deadline|longer than (?:the )?specified deadline|exceeded deadline/i;

/**
 * How a finished run ended. A run failed the change only when a step says so by its exit code or ran out of time while
 * it ran; whatever else went wrong (eviction, preemption, image pull, node loss, no room until the deadline) is ours.
 *
 * @param disturbed - ids of steps whose pods were told to end, by anybody: their exit codes count for nothing
 */
export function decideVerdict(workflow: ArgoWorkflow, disturbed: ReadonlySet<string> = NOBODY): Verdict {
  const { phase, message } = workflow.status;
  if (phase === 'Succeeded') {
    return { kind: 'succeeded' };
  }
  const failed = failedSteps(workflow);
  const judge = failed.find(
    (node) =>
      node.phase === 'Failed' &&
      !disturbed.has(node.id) &&
      ![undefined, TERMINATED].includes(JUDGED.exec(node.message)?.[1]),
  );
  if (workflow.spec.shutdown !== undefined) {
    const because = StopReason.safeParse(workflow.metadata.annotations[Annotation.stoppedBecause]);
    return { kind: 'stopped', because: because.data };
  }
  if (phase === 'Failed' && judge !== undefined) {
    return { kind: 'failed', step: judge, timedOut: false };
  }
  const overdue = failed.find(
    (node) =>
      node.hostNodeName !== undefined && !disturbed.has(node.id) && TIMED_OUT.test(`${node.message} ${message}`),
  );
  if (phase === 'Failed' && overdue !== undefined) {
    return { kind: 'failed', step: overdue, timedOut: true };
  }
  const [first] = failed;
  const taken = first !== undefined && disturbed.has(first.id) ? TAKEN : '';
  const cause = first === undefined ? message : `${stepName(first)}: ${taken}${first.message || message}`;
  return { kind: 'errored', cause: cause || `the Workflow ended in phase ${phase} without a message` };
}

/** Failed pods, the first to fail first; of several attempts the last one counts, and none when it succeeded. */
function failedSteps(workflow: ArgoWorkflow): WorkflowNode[] {
  const overtaken = overtakenAttempts(workflow);
  return podNodes(workflow)
    .filter((node) => (node.phase === 'Failed' || node.phase === 'Error') && !overtaken.has(node.id))
    .sort((a, b) => (a.finishedAt ?? '').localeCompare(b.finishedAt ?? ''));
}
