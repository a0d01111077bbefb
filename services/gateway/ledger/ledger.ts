import { randomUUID } from 'node:crypto';
import type { ConfigChange } from '../../../core/config-change';
import { type Decision, type DecisionRecord, isTerminal } from '../../../core/decision';
import type { GerritEvent } from '../../../core/gerrit-event';
import type { WhyQuestion } from '../../../core/why-question';
import { Bell } from './bell';
import { encodeFrame } from './decode-frame';
import { DurableFeed } from './durable-feed';
import type { LedgerModel, UndecidedPair } from './model-ledger';
import type { LedgerPosition } from './model-position';
import type { QuarantinedItem } from './model-quarantine';
import type { Cursor, LedgerRecord, RefTip, Verdicts } from './model-record';
import { type ClosedSegment, planRetention } from './plan-retention';
import { type ReadSegments, readSegments } from './read-segments';
import { type ChangeEvents, changeEvents, RecordedEvents } from './recorded-events';
import type { ReplayOptions } from './replay';
import type { SegmentStore } from './segment-store';
import { SegmentWriter } from './segment-writer';
import type { ShippedLedger } from './ship-segments';

const SEGMENT_BYTES = 16 * 1024 * 1024;
const DAY_MS = 86_400_000;
/** More than a ledger ever numbers. */
const SKIPPED = 1_000_000_000;
const TIPS_A_RECORD = 1_000;
const NOTHING = Buffer.alloc(0);

export interface LedgerOptions extends ReplayOptions {
  readonly store: SegmentStore;
  /** Called once when the disk fails; the process must end, for only a fresh read tells what is on disk. */
  readonly onFailure: (error: Error) => void;
  readonly onSynced?: (seconds: number) => void;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  readonly segmentBytes?: number;
}

/** What became of a decision that was offered. */
export type Recorded =
  | { readonly kind: 'recorded' }
  | { readonly kind: 'another-stands'; readonly standing: Decision }
  | { readonly kind: 'unknown' };

/**
 * Everything the gateway knows, on disk: events, what the coarse filter said, decisions, how far changes were read.
 * Append-only segments; one process a directory; memory is an index that is rebuilt at start.
 *
 * A promise of this class that resolves means: on disk. Reads see what was accepted, a moment before it is on disk;
 * the feeds show only what is.
 */
export class Ledger {
  /** Decisions, in the order in which they were made. */
  readonly decisions: DurableFeed<DecisionRecord>;
  /** Moves of `refs/meta/config`. */
  readonly configChanges: DurableFeed<ConfigChange, number | undefined>;
  /** Comments that ask why. */
  readonly questions: DurableFeed<WhyQuestion>;
  readonly events: RecordedEvents;
  private readonly synced = new Bell();
  /** Number of the oldest segment there is. */
  private firstSegment: number;

  private constructor(
    private readonly options: LedgerOptions,
    private readonly model: LedgerModel,
    private readonly writer: SegmentWriter,
    private closedSegments: ClosedSegment[],
    private readonly lock: { release: () => Promise<void> },
    /** Of the cursor what is on disk: the events that it has passed may still be on their way there. */
    private readonly durable: { cursor: Cursor | undefined },
  ) {
    const { decisions, config, questions } = model;
    this.decisions = new DurableFeed(decisions, decisions.seq);
    this.configChanges = new DurableFeed(config, config.seq);
    this.questions = new DurableFeed(questions, questions.seq);
    this.events = new RecordedEvents(options.store, model, () => this.flush());
    this.firstSegment = closedSegments[0]?.segment ?? writer.activeSegment;
  }

  /**
   * Takes the store and reads what is there, unless `read` says that somebody has. Rejects with `TerminalError` if it is
   * in use.
   */
  static async open(options: LedgerOptions, read?: ReadSegments): Promise<Ledger> {
    const { store, segmentBytes = SEGMENT_BYTES, onFailure, onSynced = () => undefined } = options;
    const { model, closed, lock, end } = read ?? (await readSegments(store, options));
    const { decisions, config, questions } = model;
    const durable = { cursor: model.cursor };
    const header = () => {
      const feeds = { configSeq: config.seq, questionSeq: questions.seq };
      return encodeFrame({
        kind: 'header',
        version: 1,
        seq: decisions.seq,
        id: randomUUID(),
        cursor: durable.cursor,
        ...feeds,
      });
    };
    // None yet, or a crash left one without its first record.
    const { segment, offset: position } = end.offset === 0 ? await begin(store, end.segment, header()) : end;
    const writer = new SegmentWriter({
      ...{ store, segment, position, segmentBytes, header, onFailure },
      onSynced: (seconds) => {
        onSynced(seconds);
        ledger.synced.ring();
      },
    });
    const ledger = new Ledger(options, model, writer, closed, lock, durable);
    return ledger;
  }

  /** What is on disk, for who copies it. */
  get shipped(): ShippedLedger {
    return { store: this.options.store, first: this.firstSegment, end: this.writer.end };
  }

  /** Resolves when more is on disk, or the signal fires. */
  waitForMore(signal: AbortSignal): Promise<void> {
    return this.synced.wait(signal);
  }

  get cursor(): Cursor | undefined {
    return this.model.cursor;
  }

  /** Bytes accepted but not yet on disk: whoever can wait should, when this grows. */
  get backlogBytes(): number {
    return this.writer.backlogBytes;
  }

  knows(key: string): boolean {
    return this.model.knows(key);
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

  /**
   * Leaves out numbers of all feeds that may have been given already, by a ledger that this one is an older copy of: a
   * reader that holds one keeps its place.
   */
  async skipNumbers(): Promise<void> {
    const { decisions, config, questions } = this.model;
    const feeds = {
      seq: decisions.seq + SKIPPED,
      configSeq: config.seq + SKIPPED,
      questionSeq: questions.seq + SKIPPED,
    };
    await this.append({ kind: 'header', version: 1, ...feeds });
    this.decisions.skipTo(feeds.seq);
    this.configChanges.skipTo(feeds.configSeq);
    this.questions.skipTo(feeds.questionSeq);
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

  /** Keys of a change's events that were handed on for a pipeline, in the order they came. From memory. */
  findHandedOn(change: number): ChangeEvents | undefined {
    return changeEvents(this.model.handedOn.of(change));
  }

  /** The latest decision on each pipeline an event was handed on for; undefined: nothing heard yet. */
  latestDecisions(key: string): ReadonlyMap<string, DecisionRecord | undefined> {
    return this.model.find(key)?.pairs ?? new Map();
  }

  /** The spawned decision that made a Workflow, by the Workflow's UID. */
  findRun(workflowUid: string): DecisionRecord | undefined {
    return this.model.decisions.findRun(workflowUid);
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
    this.firstSegment = last + 1;
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
      this.model.written(record.key, place);
      if (record.configSeq !== undefined) {
        this.configChanges.written(record.configSeq);
      }
      if (record.questionSeq !== undefined) {
        this.questions.written(record.questionSeq);
      }
    } else if (record.kind === 'cursor') {
      this.durable.cursor = record.cursor;
    } else if (record.kind === 'decision') {
      this.decisions.written(record.seq);
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

/** Makes the first segment, over one that has no first record. */
async function begin(store: SegmentStore, segment: number, header: Buffer): Promise<LedgerPosition> {
  const first = Math.max(segment, 1);
  await store.remove(first).catch(() => undefined);
  await store.create(first, header);
  return { segment: first, offset: header.length };
}
