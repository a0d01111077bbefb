import { type ConfigChange, configMoveOf } from '../../../core/config-change';
import type { GerritEvent } from '../../../core/gerrit-event';
import type { LedgerRecord } from './model-record';

type EventRecord = Extract<LedgerRecord, { kind: 'event' }>;

/** Moves of `refs/meta/config` among a ledger's events, numbered in the order in which they were written. */
export class ConfigFeed {
  private entries: { change: ConfigChange; segment: number }[] = [];
  private lastSeq = 0;

  /** Highest number given so far. */
  get seq(): number {
    return this.lastSeq;
  }

  /** Number to record an event with: the next one when it tells of a move, none for any other event. */
  numberOf(event: GerritEvent): { readonly configSeq?: number } {
    return configMoveOf(event) === undefined ? {} : { configSeq: this.lastSeq + 1 };
  }

  /** Numbers that older segments, gone by now, have used. */
  startAfter(seq: number): void {
    this.lastSeq = Math.max(this.lastSeq, seq);
  }

  apply({ key, at, event, configSeq }: EventRecord, segment: number): void {
    const move = configMoveOf(event);
    if (configSeq !== undefined && move !== undefined) {
      this.startAfter(configSeq);
      this.entries.push({ change: { seq: configSeq, key, at, ...move }, segment });
    }
  }

  /** At most `limit` moves with `after < seq <= upTo`, in order. */
  after(after: number, upTo: number, limit: number): ConfigChange[] {
    const first = this.entries.findIndex(({ change }) => change.seq > after);
    return (first === -1 ? [] : this.entries.slice(first, first + limit))
      .map(({ change }) => change)
      .filter(({ seq }) => seq <= upTo);
  }

  /** Forgets what lies in segments up to and including `last`. */
  dropThrough(last: number): void {
    this.entries = this.entries.filter(({ segment }) => segment > last);
  }
}
