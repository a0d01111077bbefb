import type { DecisionRecord } from '../../../core/decision';
import type { FeedPage, FeedSource } from './durable-feed';

/** All decisions of a ledger in the order in which they were made, numbered, and the runs that they made. */
export class DecisionFeed implements FeedSource<DecisionRecord, number> {
  private entries: { record: DecisionRecord; segment: number }[] = [];
  /** Spawned decisions by the UID of their Workflow. */
  private readonly runs = new Map<string, DecisionRecord>();
  private lastSeq = 0;

  /** Highest number given so far. */
  get seq(): number {
    return this.lastSeq;
  }

  /** Numbers that older segments, gone by now, have used. */
  startAfter(seq: number): void {
    this.lastSeq = Math.max(this.lastSeq, seq);
  }

  apply(record: DecisionRecord, segment: number): void {
    this.startAfter(record.seq);
    this.entries.push({ record, segment });
    if (record.decision.kind === 'spawned') {
      this.runs.set(record.decision.workflow.uid, record);
    }
  }

  findRun(workflowUid: string): DecisionRecord | undefined {
    return this.runs.get(workflowUid);
  }

  /**
   * At most `limit` decisions with `after < seq <= upTo` in order, and where to go on. A reader that is ahead of the feed
   * (whose volume was lost) begins again.
   */
  after(after: number, upTo: number, limit: number): FeedPage<DecisionRecord> {
    const from = after > this.lastSeq ? 0 : after;
    const first = this.firstAfter(from);
    const page = this.entries.slice(first, first + limit).map(({ record }) => record);
    const records = page.filter(({ seq }) => seq <= upTo);
    return { records, next: records.at(-1)?.seq ?? from };
  }

  /** Forgets what lies in segments up to and including `last`. */
  dropThrough(last: number): void {
    const kept = this.entries.findIndex(({ segment }) => segment > last);
    for (const { record } of this.entries.splice(0, kept === -1 ? this.entries.length : kept)) {
      if (record.decision.kind === 'spawned') {
        this.runs.delete(record.decision.workflow.uid);
      }
    }
  }

  /** Index of the first decision with a higher number. */
  private firstAfter(seq: number): number {
    let low = 0;
    let high = this.entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.entries[middle]?.record.seq ?? 0) <= seq) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
