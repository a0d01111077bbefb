import { randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import type { ConfigChange } from '../../../core/config-change';
import { type Decision, type DecisionRecord, isTerminal } from '../../../core/decision';
import { projectOfKey } from '../../../core/event-key';
import type { GerritEvent } from '../../../core/gerrit-event';
import type { WhyQuestion } from '../../../core/why-question';
import type { Logger } from '../../shared/log';
import { decodeFrame, encodeFrame } from './decode-frame';
import { LedgerModel, type UndecidedPair } from './model-ledger';
import type { QuarantinedItem } from './model-quarantine';
import type { Cursor, LedgerRecord, RefTip, Verdicts } from './model-record';
import { type ClosedSegment, planRetention } from './plan-retention';
import { type Damage, replay } from './replay';
import type { SegmentStore } from './segment-store';
import { SegmentWriter } from './segment-writer';

const SEGMENT_BYTES = 16 * 1024 * 1024;
const DAY_MS = 86_400_000;
const TIPS_A_RECORD = 1_000;
const NOTHING = Buffer.alloc(0);

export interface LedgerOptions {
  readonly store: SegmentStore;
  readonly log: Logger;
  /** Called once when the disk fails; the process must end, for only a fresh read tells what is on disk. */
  readonly onFailure: (error: Error) => void;
  readonly onSynced?: (seconds: number) => void;
  /** Not all that lies there is as it was written. */
  readonly onDamage?: (damage: Damage) => void;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  readonly segmentBytes?: number;
}

/** An event as it was recorded. */
export interface RecordedEvent {
  readonly key: string;
  readonly event: GerritEvent;
  readonly receivedAt: string;
  readonly verdicts: Verdicts;
}

/** What became of a decision that was offered. */
export type Recorded =
  | { readonly kind: 'recorded' }
  | { readonly kind: 'another-stands'; readonly standing: Decision }
  | { readonly kind: 'unknown' };

/** How far the ledger is on disk: the cursor, and the last line of each feed. */
interface Durable {
  cursor: Cursor | undefined;
  decisions: number;
  config: number;
  questions: number;
}

/**
 * Everything the gateway knows, on disk: events, what the coarse filter said, decisions, how far changes were read.
 * Append-only segments; one process a directory; memory is an index that is rebuilt at start.
 *
 * A promise of this class that resolves means: on disk. Reads see what was accepted, a moment before it is on disk;
 * the decision feed shows only what is.
 */
export class Ledger {
  private readonly changed = new EventEmitter();
  private constructor(
    private readonly options: LedgerOptions,
    private readonly model: LedgerModel,
    private readonly writer: SegmentWriter,
    private closedSegments: ClosedSegment[],
    private readonly lock: { release: () => Promise<void> },
    private readonly durable: Durable,
  ) {
    this.changed.setMaxListeners(0);
  }

  /** Takes the store, reads what is there and cuts a torn tail off. Rejects with `TerminalError` if it is in use. */
  static async open(options: LedgerOptions): Promise<Ledger> {
    const { store, segmentBytes = SEGMENT_BYTES } = options;
    const lock = await store.lock();
    const model = new LedgerModel();
    const durable: Durable = { cursor: undefined, decisions: 0, config: 0, questions: 0 };
    // Of the cursor only what is on disk: the events that it has passed may still be on their way there.
    const header = () => {
      const { seq, config, questions } = model;
      const feeds = { configSeq: config.seq, questionSeq: questions.seq };
      return encodeFrame({ kind: 'header', version: 1, seq, cursor: durable.cursor, ...feeds });
    };
    const closed: ClosedSegment[] = [];
    let segment = 0;
    let position = 0;
    for (segment of await store.list()) {
      position = await replay(store, segment, model, options);
      closed.push({ segment, newestAt: await store.writtenAt(segment) });
    }
    closed.pop();
    Object.assign(durable, {
      cursor: model.cursor,
      decisions: model.seq,
      config: model.config.seq,
      questions: model.questions.seq,
    } satisfies Durable);
    if (position === 0) {
      // None yet, or a crash left one without its first record.
      segment = Math.max(segment, 1);
      await store.remove(segment).catch(() => undefined);
      const first = header();
      await store.create(segment, first);
      position = first.length;
    }
    const { onFailure, onSynced = () => undefined } = options;
    const writer = new SegmentWriter({ store, segment, position, segmentBytes, header, onFailure, onSynced });
    return new Ledger(options, model, writer, closed, lock, durable);
  }

  get cursor(): Cursor | undefined {
    return this.model.cursor;
  }

  /** Bytes accepted but not yet on disk: whoever can wait should, when this grows. */
  get backlogBytes(): number {
    return this.writer.backlogBytes;
  }

  knows(key: string): boolean {
    return this.model.find(key) !== undefined;
  }

  /** Records an event and its verdicts, once: `known` when it was there, from whichever source. */
  async recordEvent(key: string, event: GerritEvent, verdicts: Verdicts, raw?: string): Promise<'recorded' | 'known'> {
    if (this.knows(key)) {
      if (raw !== undefined) {
        await this.closeRaw(raw, 'known');
      }
      return 'known';
    }
    const configSeq = this.model.config.numberOf(event);
    const questionSeq = this.model.questions.numberOf(event);
    await this.append({ kind: 'event', key, at: this.at(), event, verdicts, configSeq, questionSeq, raw });
    return 'recorded';
  }

  /** Records an event that has no key yet; resolves to an id for `recordEvent` or `closeRaw`. */
  async recordRaw(event: GerritEvent): Promise<string> {
    const id = randomUUID();
    await this.append({ kind: 'raw', id, at: this.at(), event });
    return id;
  }

  async closeRaw(id: string, why: string): Promise<void> {
    await this.append({ kind: 'raw-closed', id, at: this.at(), why });
  }

  async recordQuarantined(item: Pick<QuarantinedItem, 'bytes' | 'sha256' | 'why'>, head: Buffer): Promise<void> {
    await this.append({ kind: 'quarantined', at: this.at(), ...item, head: head.toString('base64') });
  }

  /** The last bytes from the stream that were no event, oldest first. */
  quarantined(): readonly QuarantinedItem[] {
    return this.model.quarantine.latest;
  }

  /** Raw events that wait for their key, oldest first. */
  openRaws(): { id: string; event: GerritEvent }[] {
    return this.model.openRaws();
  }

  /** An event that has an undecided pair; undefined for any other. */
  findUndecided(key: string): GerritEvent | undefined {
    return this.model.find(key)?.event;
  }

  undecided(): Iterable<UndecidedPair> {
    return this.model.undecided();
  }

  async decide(key: string, pipeline: string, decision: Decision): Promise<Recorded> {
    const answer = this.model.answerDecision(key, pipeline, decision, this.at());
    if (answer.kind === 'another-stands' || answer.kind === 'unknown') {
      return answer;
    }
    if (answer.kind === 'record') {
      await this.append({ kind: 'decision', ...answer.record });
    } else {
      await this.flush();
    }
    return { kind: 'recorded' };
  }

  /** Records that the trigger holds a pair; `another-stands` when it is decided already. */
  async receive(key: string, pipeline: string): Promise<Recorded> {
    const standing = this.model.find(key)?.pairs.get(pipeline)?.decision;
    if (standing === undefined || isTerminal(standing)) {
      return this.decide(key, pipeline, { kind: 'queued', reason: 'received' });
    }
    // It was queued before, and why says more than that it came once more.
    await this.flush();
    return { kind: 'recorded' };
  }

  async setCursor(cursor: Cursor): Promise<void> {
    await this.append({ kind: 'cursor', cursor });
  }

  /** Revision at which a ref was last known; undefined: it is not followed. */
  tipOf(ref: Pick<RefTip, 'project' | 'ref'>): string | undefined {
    return this.model.tips.of(ref);
  }

  /** Whether the net move of a ref that REST told has its move at a moment in it. Milliseconds since 1970. */
  isMoveTold(ref: Pick<RefTip, 'project' | 'ref'>, at: number): boolean {
    return this.model.tips.isTold(ref, at);
  }

  /** Follows refs from where they are. */
  async recordTips(tips: readonly RefTip[]): Promise<void> {
    for (let at = 0; at < tips.length; at += TIPS_A_RECORD) {
      await this.append({ kind: 'tips', tips: tips.slice(at, at + TIPS_A_RECORD) });
    }
  }

  async findEvent(key: string): Promise<RecordedEvent | undefined> {
    const entry = this.model.find(key);
    if (entry === undefined) {
      return undefined;
    }
    if (entry.place.length === undefined) {
      await this.flush();
    }
    const { segment, offset = 0, length = 0 } = entry.place;
    const frame = await this.options.store.readLocation({ segment, offset, length });
    const record = decodeFrame(frame.subarray(0, -1));
    if (record === 'damaged' || record.kind !== 'event') {
      throw new Error(`ledger segment ${segment} is damaged at byte ${offset}; restore its volume`);
    }
    return { key, event: record.event, receivedAt: record.at, verdicts: record.verdicts };
  }

  /** Keys of a change's events in the order they came, and the project it is of; undefined when there are none. */
  findChange(change: number): { readonly project: string; readonly keys: readonly string[] } | undefined {
    const keys = this.model.changes.of(change);
    const project = projectOfKey(keys.at(-1) ?? '');
    return project === undefined ? undefined : { project, keys };
  }

  /** The latest decision on each pipeline an event was handed on for; undefined: nothing heard yet. */
  latestDecisions(key: string): ReadonlyMap<string, DecisionRecord | undefined> {
    return this.model.find(key)?.pairs ?? new Map();
  }

  /** The spawned decision that made a Workflow, by the Workflow's UID. */
  findRun(workflowUid: string): DecisionRecord | undefined {
    return this.model.findRun(workflowUid);
  }

  /**
   * Decisions after `after`, at most `limit`, and where to go on. A reader that is ahead of the ledger (whose volume
   * was lost) begins again.
   */
  decisionsAfter(after: number, limit: number): { records: DecisionRecord[]; next: number } {
    const from = after > this.model.seq ? 0 : after;
    const records = this.model.decisionsAfter(from, this.durable.decisions, limit);
    return { records, next: records.at(-1)?.seq ?? from };
  }

  /** Resolves when another decision is on disk, or the signal fires. */
  async waitForDecision(signal: AbortSignal): Promise<void> {
    await once(this.changed, 'decision', { signal }).catch(() => undefined);
  }

  /**
   * Moves of `refs/meta/config` after `after`, at most `limit`, and where to go on; without `after` none, and where the
   * present is. A reader that is ahead of the ledger begins again.
   */
  configChangesAfter(after: number | undefined, limit: number): { records: ConfigChange[]; next: number } {
    return this.model.config.after(after, this.durable.config, limit);
  }

  /** Resolves when another move of `refs/meta/config` is on disk, or the signal fires. */
  async waitForConfigChange(signal: AbortSignal): Promise<void> {
    await once(this.changed, 'config', { signal }).catch(() => undefined);
  }

  /** Comments that ask why, after `after`, at most `limit`, and where to go on. A reader that is ahead begins again. */
  questionsAfter(after: number, limit: number): { records: WhyQuestion[]; next: number } {
    return this.model.questions.after(after, this.durable.questions, limit);
  }

  /** Resolves when another such comment is on disk, or the signal fires. */
  async waitForQuestion(signal: AbortSignal): Promise<void> {
    await once(this.changed, 'question', { signal }).catch(() => undefined);
  }

  /** Deletes old segments in which everything is decided; resolves to how many. */
  async expire(retentionDays: number): Promise<number> {
    await this.flush();
    const keepAfter = this.now() - retentionDays * DAY_MS;
    const last = planRetention(await this.listClosed(), this.model.segmentsInUse(), keepAfter);
    if (last === undefined) {
      return 0;
    }
    await this.recordTips(this.model.tips.through(last));
    this.model.dropThrough(last);
    const dropped = this.closedSegments.filter(({ segment }) => segment <= last);
    this.closedSegments = this.closedSegments.filter(({ segment }) => segment > last);
    for (const { segment } of dropped) {
      await this.options.store.remove(segment);
    }
    return dropped.length;
  }

  /** Resolves when all that was accepted before is on disk. */
  async flush(): Promise<void> {
    await this.writer.append(NOTHING);
  }

  async close(): Promise<void> {
    await this.writer.close();
    await this.lock.release();
  }

  private async append(record: LedgerRecord): Promise<void> {
    const frame = encodeFrame(record);
    this.model.apply(record, { segment: this.writer.activeSegment });
    const place = await this.writer.append(frame);
    if (record.kind === 'event') {
      const entry = this.model.find(record.key);
      if (entry !== undefined) {
        entry.place = place;
      }
      if (record.configSeq !== undefined) {
        this.durable.config = record.configSeq;
        this.changed.emit('config');
      }
      if (record.questionSeq !== undefined) {
        this.durable.questions = record.questionSeq;
        this.changed.emit('question');
      }
    } else if (record.kind === 'cursor') {
      this.durable.cursor = record.cursor;
    } else if (record.kind === 'decision') {
      this.durable.decisions = record.seq;
      this.changed.emit('decision');
    }
  }

  /** Closed segments with the time of their last write, oldest first. */
  private async listClosed(): Promise<ClosedSegment[]> {
    const known = this.closedSegments.at(-1)?.segment ?? 0;
    for (const segment of await this.options.store.list()) {
      if (segment > known && segment < this.writer.activeSegment) {
        this.closedSegments.push({ segment, newestAt: await this.options.store.writtenAt(segment) });
      }
    }
    return this.closedSegments;
  }

  private now(): number {
    return (this.options.now ?? Date.now)();
  }

  private at(): string {
    return new Date(this.now()).toISOString();
  }
}
