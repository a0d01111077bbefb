import type { ArgoWorkflow } from '../../../core/argo-workflow';
import type { ChangeHistory } from '../../../core/change-history';
import type { DecisionRecord } from '../../../core/decision';
import { Annotation } from '../../../core/labels';
import type { WhyQuestion } from '../../../core/why-question';
import type {
  ChangeMessage,
  ChangeState,
  Ledger,
  PatchSetFiles,
  PatchSetReference,
  Review,
  ReviewOutcome,
  Reviews,
  RunRecord,
  Runs,
} from '../../../services/reporter/ports';
import { ACCOUNT } from './fixtures';

/** Takes no log. */
export const silent = { info() {}, warn() {}, error() {}, debug() {}, fatal() {}, trace() {} } as never;

/** Gerrit in memory: one change, whose messages grow with what is posted. */
export class FakeReviews implements Reviews {
  readonly posted: Review[] = [];
  outcome: ReviewOutcome = 'posted';
  down = false;
  /** Takes the message and then fails to answer. */
  loseAnswer = false;
  private readonly written: ChangeMessage[] = [];

  constructor(public change: ChangeState | undefined) {}

  async find(): Promise<ChangeState | undefined> {
    if (this.down) {
      throw new Error('503');
    }
    return this.change && { ...this.change, messages: [...this.change.messages, ...this.written] };
  }

  async post(review: Review): Promise<ReviewOutcome> {
    if (this.down) {
      throw new Error('503');
    }
    this.posted.push(review);
    this.written.push({ author: ACCOUNT, tag: review.tag, text: `Patch Set 2:\n\n${review.message}` });
    if (this.loseAnswer) {
      this.loseAnswer = false;
      throw new Error('socket hang up');
    }
    return this.outcome;
  }
}

/** A cluster in memory: one Workflow that remembers how it was closed. */
export class FakeRuns implements Runs {
  readonly closed: { uid: string; reported: string }[] = [];
  failNextClose = false;
  log: string | undefined = 'lint: bad';

  constructor(public workflow: ArgoWorkflow) {}

  /** Whether every pod that is asked for was told to end. */
  disturbed = false;

  async tail(): Promise<string | undefined> {
    return this.log;
  }

  async wasDisturbed(): Promise<boolean> {
    return this.disturbed;
  }

  /** Whether the Workflow was deleted. */
  isGone = false;

  async phase(): Promise<string | undefined> {
    return this.isGone ? undefined : this.workflow.status.phase;
  }

  async close(_run: unknown, uid: string, reported: string): Promise<void> {
    if (this.failNextClose) {
      this.failNextClose = false;
      throw new Error('conflict');
    }
    this.closed.push({ uid, reported });
    const { metadata } = this.workflow;
    this.workflow = {
      ...this.workflow,
      metadata: { ...metadata, annotations: { ...metadata.annotations, [Annotation.reported]: reported } },
    };
  }
}

/** Files of every patch set in memory: their lines by path. */
export class FakeFiles implements PatchSetFiles {
  readonly asked: PatchSetReference[] = [];

  constructor(private readonly files: Readonly<Record<string, number>> = {}) {}

  async paths(patchSet: PatchSetReference): Promise<ReadonlySet<string>> {
    this.asked.push(patchSet);
    return new Set(Object.keys(this.files));
  }

  async lines(_patchSet: PatchSetReference, paths: readonly string[]): Promise<ReadonlyMap<string, number>> {
    return new Map(paths.map((path) => [path, this.files[path] ?? 0]));
  }
}

/** A ledger in memory. */
export class FakeLedger implements Ledger {
  asked = 0;

  constructor(
    private readonly run: RunRecord | undefined,
    private readonly records: readonly DecisionRecord[] = [],
  ) {}

  async findRun(): Promise<RunRecord | undefined> {
    this.asked += 1;
    return this.run;
  }

  async findEvent(): Promise<{ event: RunRecord['event'] } | undefined> {
    return this.run && { event: this.run.event };
  }

  async decisions(after: number): Promise<{ records: readonly DecisionRecord[]; next: number }> {
    return { records: this.records.filter(({ seq }) => seq > after), next: this.records.at(-1)?.seq ?? 0 };
  }

  async whyQuestions(after: number): Promise<{ records: readonly WhyQuestion[]; next: number }> {
    return { records: [], next: after };
  }

  known: ChangeHistory | undefined;

  async history(): Promise<ChangeHistory | undefined> {
    return this.known;
  }
}
