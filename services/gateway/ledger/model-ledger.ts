import { configMoveOf } from '../../../core/config-change';
import { type Decision, type DecisionRecord, isTerminal } from '../../../core/decision';
import type { GerritEvent } from '../../../core/gerrit-event';
import { whyQuestionOf } from '../../../core/why-question';
import { DecisionFeed } from './model-decision-feed';
import { EventFeed } from './model-event-feed';
import { EventIndex, type Place } from './model-event-index';
import { KeysByChange } from './model-keys-by-change';
import { QuarantineList } from './model-quarantine';
import type { Cursor, LedgerRecord, Verdicts } from './model-record';
import { RefTips } from './model-ref-tips';

/** An event that was handed on for a pipeline. It is kept whole while a pair of it is undecided, then read from disk. */
export interface Entry {
  readonly at: string;
  event: GerritEvent | undefined;
  /** Latest decision of each pipeline the event passed; undefined: nothing heard yet. */
  readonly pairs: Map<string, DecisionRecord | undefined>;
}

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
  /** Every event. */
  private readonly index = new EventIndex();
  /** Events that passed a pipeline: the few of the many. */
  private readonly entries = new Map<string, Entry>();
  /** Keys of those by change. */
  readonly handedOn = new KeysByChange();
  /** Keys of events with an undecided pair, in the order they came. */
  private readonly open = new Set<string>();
  private readonly raws = new Map<string, { event: GerritEvent; segment: number }>();
  readonly decisions = new DecisionFeed();
  /** Moves of `refs/meta/config`. */
  readonly config = new EventFeed(configMoveOf);
  /** Comments that ask why. */
  readonly questions = new EventFeed(whyQuestionOf);
  readonly quarantine = new QuarantineList();
  readonly tips = new RefTips();
  private sweepCursor: Cursor | undefined;

  get cursor(): Cursor | undefined {
    return this.sweepCursor;
  }

  knows(key: string): boolean {
    return this.index.has(key);
  }

  /** An event that was handed on; undefined for any other. */
  find(key: string): Entry | undefined {
    return this.entries.get(key);
  }

  /** Where an event lies: in one place, or in none. */
  placesOfKey(key: string): Place[] {
    const place = this.index.placeOf(key);
    return place === undefined ? [] : [place];
  }

  /** Where the events of a change lie, in the order they came. */
  placesOfChange(change: number): Place[] {
    return this.index.placesOfChange(change);
  }

  /** Where a project's newest events lie, at most so many, in the order they came. */
  placesOfProject(project: string, most: number): Place[] {
    return this.index.placesOfProject(project, most);
  }

  /** An event is on disk, and where. */
  written(key: string, place: Place): void {
    this.index.put(key, place);
  }

  /** Raw events that wait for their key, oldest first. */
  openRaws(): { id: string; event: GerritEvent }[] {
    return [...this.raws].map(([id, { event }]) => ({ id, event }));
  }

  *undecided(): Generator<UndecidedPair> {
    for (const key of this.open) {
      const entry = this.entries.get(key);
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

  /** What recording a decision would do, and the record to write if it is to be written. */
  answerDecision(key: string, pipeline: string, decision: Decision, at: string): DecideAnswer {
    const entry = this.entries.get(key);
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
    return { kind: 'record', record: { seq: this.decisions.seq + 1, key, pipeline, at, decision } };
  }

  apply(record: LedgerRecord, place: Place): void {
    switch (record.kind) {
      case 'header':
        this.decisions.startAfter(record.seq);
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
      for (const { segment } of this.placesOfKey(key)) {
        segments.add(segment);
      }
    }
    for (const { segment } of this.raws.values()) {
      segments.add(segment);
    }
    return segments;
  }

  /** Forgets everything that lies in segments up to and including `last`. */
  dropThrough(last: number): void {
    this.index.dropThrough(last);
    for (const key of this.entries.keys()) {
      if (!this.index.has(key)) {
        this.entries.delete(key);
      }
    }
    this.handedOn.keepOnly((key) => this.entries.has(key));
    this.config.dropThrough(last);
    this.questions.dropThrough(last);
    this.quarantine.dropThrough(last);
    this.decisions.dropThrough(last);
  }

  private applyEvent(key: string, at: string, event: GerritEvent, verdicts: Verdicts, place: Place): void {
    const passed = Object.keys(verdicts).filter((pipeline) => verdicts[pipeline] === 'pass');
    this.index.put(key, place);
    // Of two records of one event the later counts, as anywhere.
    const wasHandedOn = this.entries.delete(key);
    if (passed.length > 0) {
      if (!wasHandedOn) {
        this.handedOn.add(key);
      }
      this.entries.set(key, { at, event, pairs: new Map(passed.map((pipeline) => [pipeline, undefined])) });
      this.open.add(key);
    }
  }

  private applyDecision(record: DecisionRecord, segment: number): void {
    const { seq, key, pipeline, at, decision } = record;
    const kept: DecisionRecord = { seq, key, pipeline, at, decision };
    this.decisions.apply(kept, segment);
    const entry = this.entries.get(key);
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
