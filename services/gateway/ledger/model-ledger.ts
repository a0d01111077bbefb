import { configMoveOf } from '../../../core/config-change';
import { type Decision, type DecisionRecord, isTerminal } from '../../../core/decision';
import type { GerritEvent } from '../../../core/gerrit-event';
import { whyQuestionOf } from '../../../core/why-question';
import { ChangeIndex } from './model-change-index';
import { EventFeed } from './model-event-feed';
import { ProjectIndex } from './model-project-index';
import { QuarantineList } from './model-quarantine';
import type { Cursor, LedgerRecord, Verdicts } from './model-record';
import { RefTips } from './model-ref-tips';

/** Place of a record: the segment is known at once, the rest when it is on disk. */
export interface Place {
  readonly segment: number;
  readonly offset?: number;
  readonly length?: number;
}

/** An event as the index knows it. The event itself is kept while a pair of it is undecided, then read from disk. */
export interface Entry {
  readonly at: string;
  event: GerritEvent | undefined;
  place: Place;
  /** Latest decision of each pipeline the event passed; undefined: nothing heard yet. */
  readonly pairs: Map<string, DecisionRecord | undefined>;
}

/** Most events pass nothing, and there are millions of them. */
const NO_PAIRS: Entry['pairs'] = new Map();

/** An (event, pipeline) that still needs its decision. */
export interface UndecidedPair {
  readonly key: string;
  readonly pipeline: string;
  readonly event: GerritEvent;
  readonly at: string;
  /** The trigger has said that it holds it. */
  readonly received: boolean;
}

export type DecideAnswer =
  | { readonly kind: 'record'; readonly record: DecisionRecord }
  | { readonly kind: 'already-stands' }
  | { readonly kind: 'another-stands'; readonly standing: Decision }
  | { readonly kind: 'unknown' };

/** What the records so far say. It is the same whether they were applied as they came or read back after a crash. */
export class LedgerModel {
  private readonly events = new Map<string, Entry>();
  /** Keys of events with an undecided pair, in the order they came. */
  private readonly open = new Set<string>();
  private readonly raws = new Map<string, { event: GerritEvent; segment: number }>();
  private readonly runs = new Map<string, DecisionRecord>();
  private feed: { record: DecisionRecord; segment: number }[] = [];
  /** Moves of `refs/meta/config`. */
  readonly config = new EventFeed(configMoveOf);
  /** Comments that ask why. */
  readonly questions = new EventFeed(whyQuestionOf);
  /** Keys of events by change. */
  readonly changes = new ChangeIndex();
  /** Keys of the newest events by project. */
  readonly projects = new ProjectIndex();
  readonly quarantine = new QuarantineList();
  readonly tips = new RefTips();
  private lastSeq = 0;
  private sweepCursor: Cursor | undefined;

  /** Highest sequence number given so far. */
  get seq(): number {
    return this.lastSeq;
  }

  get cursor(): Cursor | undefined {
    return this.sweepCursor;
  }

  find(key: string): Entry | undefined {
    return this.events.get(key);
  }

  findRun(workflowUid: string): DecisionRecord | undefined {
    return this.runs.get(workflowUid);
  }

  /** Raw events that wait for their key, oldest first. */
  openRaws(): { id: string; event: GerritEvent }[] {
    return [...this.raws].map(([id, { event }]) => ({ id, event }));
  }

  *undecided(): Generator<UndecidedPair> {
    for (const key of this.open) {
      const entry = this.events.get(key);
      if (entry?.event === undefined) {
        continue;
      }
      for (const [pipeline, latest] of entry.pairs) {
        if (latest === undefined || !isTerminal(latest.decision)) {
          yield { key, pipeline, event: entry.event, at: entry.at, received: latest !== undefined };
        }
      }
    }
  }

  /** At most `limit` decisions with `after < seq <= upTo`. */
  decisionsAfter(after: number, upTo: number, limit: number): DecisionRecord[] {
    let low = 0;
    let high = this.feed.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.feed[middle]?.record.seq ?? 0) <= after) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    const records = this.feed.slice(low, low + limit).map(({ record }) => record);
    return records.filter(({ seq }) => seq <= upTo);
  }

  /** What recording a decision would do, and the record to write if it is to be written. */
  answerDecision(key: string, pipeline: string, decision: Decision, at: string): DecideAnswer {
    const entry = this.events.get(key);
    if (entry === undefined || !entry.pairs.has(pipeline)) {
      return { kind: 'unknown' };
    }
    const standing = entry.pairs.get(pipeline)?.decision;
    if (standing !== undefined && JSON.stringify(standing) === JSON.stringify(decision)) {
      return { kind: 'already-stands' };
    }
    if (standing !== undefined && isTerminal(standing)) {
      return { kind: 'another-stands', standing };
    }
    return { kind: 'record', record: { seq: this.lastSeq + 1, key, pipeline, at, decision } };
  }

  apply(record: LedgerRecord, place: Place): void {
    switch (record.kind) {
      case 'header':
        this.lastSeq = Math.max(this.lastSeq, record.seq);
        this.sweepCursor = record.cursor ?? this.sweepCursor;
        this.config.startAfter(record.configSeq ?? 0);
        this.questions.startAfter(record.questionSeq ?? 0);
        break;
      case 'event':
        this.applyEvent(record.key, record.at, record.event, record.verdicts, place);
        this.config.apply(record, record.configSeq, place.segment);
        this.questions.apply(record, record.questionSeq, place.segment);
        this.tips.apply(record.event, record.at, place.segment);
        if (record.raw !== undefined) {
          this.raws.delete(record.raw);
        }
        break;
      case 'raw':
        this.raws.set(record.id, { event: record.event, segment: place.segment });
        break;
      case 'raw-closed':
        this.raws.delete(record.id);
        break;
      case 'decision':
        this.applyDecision(record, place.segment);
        break;
      case 'cursor':
        this.sweepCursor = record.cursor;
        break;
      case 'tips':
        this.tips.note(record.tips, place.segment);
        break;
      case 'quarantined':
        this.quarantine.apply(record, place.segment);
        break;
    }
  }

  /** Segments that must be kept whatever their age: an undecided pair or a raw event lies in them. */
  segmentsInUse(): Set<number> {
    const segments = new Set<number>();
    for (const key of this.open) {
      const entry = this.events.get(key);
      if (entry !== undefined) {
        segments.add(entry.place.segment);
      }
    }
    for (const { segment } of this.raws.values()) {
      segments.add(segment);
    }
    return segments;
  }

  /** Forgets everything that lies in segments up to and including `last`. */
  dropThrough(last: number): void {
    for (const [key, entry] of this.events) {
      if (entry.place.segment <= last) {
        this.events.delete(key);
      }
    }
    this.changes.keepOnly((key) => this.events.has(key));
    this.projects.keepOnly((key) => this.events.has(key));
    this.config.dropThrough(last);
    this.questions.dropThrough(last);
    this.quarantine.dropThrough(last);
    const kept = this.feed.findIndex(({ segment }) => segment > last);
    for (const { record } of this.feed.splice(0, kept === -1 ? this.feed.length : kept)) {
      if (record.decision.kind === 'spawned') {
        this.runs.delete(record.decision.workflow.uid);
      }
    }
  }

  private applyEvent(key: string, at: string, event: GerritEvent, verdicts: Verdicts, place: Place): void {
    const passed = Object.keys(verdicts).filter((pipeline) => verdicts[pipeline] === 'pass');
    const pairs = passed.length > 0 ? new Map(passed.map((pipeline) => [pipeline, undefined])) : NO_PAIRS;
    if (!this.events.has(key)) {
      this.changes.add(key);
      this.projects.add(key);
    }
    this.events.set(key, { at, event: passed.length > 0 ? event : undefined, place, pairs });
    if (passed.length > 0) {
      this.open.add(key);
    }
  }

  private applyDecision(record: DecisionRecord, segment: number): void {
    const { seq, key, pipeline, at, decision } = record;
    const kept: DecisionRecord = { seq, key, pipeline, at, decision };
    this.lastSeq = Math.max(this.lastSeq, seq);
    this.feed.push({ record: kept, segment });
    if (decision.kind === 'spawned') {
      this.runs.set(decision.workflow.uid, kept);
    }
    const entry = this.events.get(key);
    if (entry?.pairs.has(pipeline) !== true) {
      return;
    }
    entry.pairs.set(pipeline, kept);
    if ([...entry.pairs.values()].every((latest) => latest !== undefined && isTerminal(latest.decision))) {
      this.open.delete(key);
      entry.event = undefined;
    }
  }
}
