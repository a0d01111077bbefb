import type { GerritEvent } from '../../../core/gerrit-event';
import type { FeedPage, FeedSource } from './durable-feed';
import type { LedgerRecord } from './model-record';

type EventRecord = Extract<LedgerRecord, { kind: 'event' }>;

/** One line of a feed: what an event tells, numbered. */
export type FeedLine<Item> = Item & { readonly seq: number; readonly key: string; readonly at: string };

/** Some of a ledger's events, those of which `itemOf` finds something to tell, numbered in the order in which they were written. */
export class EventFeed<Item extends object> implements FeedSource<FeedLine<Item>, number | undefined> {
  private entries: { line: FeedLine<Item>; segment: number }[] = [];
  private lastSeq = 0;

  constructor(private readonly itemOf: (event: GerritEvent) => Item | undefined) {}

  /** Highest number given so far. */
  get seq(): number {
    return this.lastSeq;
  }

  /** Number to record an event with: the next one when it belongs in this feed, none for any other. */
  numberOf(event: GerritEvent): number | undefined {
    return this.itemOf(event) === undefined ? undefined : this.lastSeq + 1;
  }

  /** Numbers that older segments, gone by now, have used. */
  startAfter(seq: number): void {
    this.lastSeq = Math.max(this.lastSeq, seq);
  }

  /** Takes an event that was recorded with number `seq`, if it was. */
  apply({ key, at, event }: EventRecord, seq: number | undefined, segment: number): void {
    const item = this.itemOf(event);
    if (seq !== undefined && item !== undefined) {
      this.startAfter(seq);
      this.entries.push({ line: { seq, key, at, ...item }, segment });
    }
  }

  /**
   * At most `limit` lines with `after < seq <= upTo` in order, and where to go on; without `after` none, and where the
   * present is. A reader that is ahead of the feed (whose volume was lost) begins again.
   */
  after(after: number | undefined, upTo: number, limit: number): FeedPage<FeedLine<Item>> {
    if (after === undefined) {
      return { records: [], next: upTo };
    }
    const from = after > this.lastSeq ? 0 : after;
    const first = this.entries.findIndex(({ line }) => line.seq > from);
    const records = (first === -1 ? [] : this.entries.slice(first, first + limit))
      .map(({ line }) => line)
      .filter(({ seq }) => seq <= upTo);
    return { records, next: records.at(-1)?.seq ?? from };
  }

  /** Forgets what lies in segments up to and including `last`. */
  dropThrough(last: number): void {
    this.entries = this.entries.filter(({ segment }) => segment > last);
  }
}
