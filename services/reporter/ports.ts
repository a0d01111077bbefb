import type { ChangeHistory } from '../../core/change-history';
import type { DecisionRecord, WorkflowReference } from '../../core/decision';
import type { GerritEvent } from '../../core/gerrit-event';
import type { InlineComment } from '../../core/inline-comment';
import type { RunAddress } from '../../core/permalink';
import type { WhyQuestion } from '../../core/why-question';

/** A message on a change, as far as it tells whether we said something already. */
export interface ChangeMessage {
  /** Login name of who wrote it. */
  readonly author: string | undefined;
  readonly tag: string | undefined;
  readonly text: string;
}

/** A change as Gerrit has it now. */
export interface ChangeState {
  readonly project: string;
  readonly number: number;
  readonly status: string;
  readonly currentRevision: string;
  readonly messages: readonly ChangeMessage[];
  /** Gerrit's number of its owner's account. */
  readonly owner?: number | undefined;
  readonly workInProgress?: boolean | undefined;
}

/** Somebody whose turn it is, and why. */
export interface Attention {
  /** Gerrit's number of the account. */
  readonly account: number;
  readonly reason: string;
}

/** What is posted on one patch set: a message under a tag, at most one vote, and comments on its files. */
export interface Review {
  readonly project: string;
  readonly change: number;
  /** Full commit hash: a number could mean a newer patch set by the time it arrives. */
  readonly revision: string;
  readonly tag: string;
  readonly message: string;
  readonly vote: Vote | undefined;
  /** @default - none */
  readonly comments?: readonly InlineComment[];
  /** Who gets mail, beside those who watch the project. @default OWNER */
  readonly notify?: 'NONE' | 'OWNER';
  /** Whose turn it is now; nobody else's turn begins or ends by it. @default - by Gerrit's own rules for service users */
  readonly attention?: readonly Attention[];
}

export interface Vote {
  readonly label: string;
  readonly value: number;
}

/** What became of a review. `…-refused` and `label-dropped`: the message stands, and this part of it does not. */
export type ReviewOutcome = 'posted' | LostPart | 'change-gone';
export type LostPart = 'label-refused' | 'label-dropped' | 'comments-refused' | 'attention-refused';

/** Reviews as Gerrit has them. */
export interface Reviews {
  /** The change now, or undefined when it is gone or hidden from us. */
  find(project: string, change: number): Promise<ChangeState | undefined>;
  /** Posts a review; a part that Gerrit refuses is left out and told. Rejects when a retry could help. */
  post(review: Review): Promise<ReviewOutcome>;
}

/** A patch set by its commit. */
export type PatchSetReference = Pick<Review, 'project' | 'change' | 'revision'>;

/** Files of patch sets, as far as comments can stand on them. */
export interface PatchSetFiles {
  /** Paths that comments may stand on, `/COMMIT_MSG` among them; none when the patch set is gone. */
  paths(patchSet: PatchSetReference): Promise<ReadonlySet<string>>;
  /** Numbers of lines by path; a file of which Gerrit does not say is missing. */
  lines(patchSet: PatchSetReference, paths: readonly string[]): Promise<ReadonlyMap<string, number>>;
}

/** The decision that started a run, and the event it answers. */
export interface RunRecord {
  readonly record: DecisionRecord;
  readonly event: GerritEvent;
}

/** The gateway's ledger, as far as the reporter asks it. */
export interface Ledger {
  findRun(workflowUid: string): Promise<RunRecord | undefined>;
  findEvent(key: string): Promise<{ readonly event: GerritEvent } | undefined>;
  decisions(
    after: number,
    waitSeconds: number,
    signal?: AbortSignal,
  ): Promise<{ readonly records: readonly DecisionRecord[]; readonly next: number }>;
  /** Comments that ask why, after `after`; waits up to `waitSeconds` for one. */
  whyQuestions(
    after: number,
    waitSeconds: number,
    signal?: AbortSignal,
  ): Promise<{ readonly records: readonly WhyQuestion[]; readonly next: number }>;
  /** What became of a patch set; undefined when nothing was seen of its change. */
  history(project: string, change: number, patchSet: number): Promise<ChangeHistory | undefined>;
}

/** Workflows as the cluster has them. */
export interface Runs {
  /** Last lines of a pod's log; undefined when the pod is gone or never ran. */
  tail(namespace: string, pod: string): Promise<string | undefined>;
  /**
   * Whether a step's pod was told to end from outside: preempted, evicted, drained, or gone. Ours are kept until the
   * report stands, so one that is gone was taken.
   */
  wasDisturbed(namespace: string, pod: string): Promise<boolean>;
  /** Argo's word for where a run is; undefined when its Workflow is gone. */
  phase(workflow: WorkflowReference): Promise<string | undefined>;
  /** Notes on the Workflow with this UID how it was reported, and starts its time to live. */
  close(run: Pick<RunAddress, 'namespace' | 'workflow'>, uid: string, reported: string): Promise<void>;
}
