import { createHash } from 'node:crypto';
import type { GerritEvent } from '../../../core/gerrit-event';
import type { Logger } from '../../shared/log';
import { beginCursor } from '../begin-cursor';
import { decodeStreamLine } from '../decode-stream-event';
import type { GerritIntake } from '../gerrit-intake';
import type { AskedSource, RecoveredEvent } from '../gerrit-source';
import type { Ledger } from '../ledger/ledger';
import type { LogCursor } from '../ledger/model-record';
import { metrics } from '../metrics';
import { type LoggedEvents, LogNotThereError } from './events-log-client';
import { halveSlice, mayBeCut, planLogReading, planSlices, type TimeSlice } from './plan-log-slices';

const RESCAN_EVERY_MS = 3_600_000;
/** Slices of the wide reading at once: who waits for a gap to be filled does not wait for a day of them. */
const RESCAN_SLICES = 60;
/** Rows that are remembered, so that no message is looked for twice. */
const MOST_REMEMBERED = 50_000;

export interface EventsLogSourceOptions {
  readonly log: Logger;
  readonly logged: LoggedEvents;
  readonly ledger: Pick<Ledger, 'cursor' | 'setCursor' | 'isMoveTold'>;
  readonly intake: Pick<GerritIntake, 'takeLine' | 'takeSaid'>;
  /** Events older than this are not taken: the ledger may have forgotten that it had them. Milliseconds. */
  readonly oldestMs: number;
}

/** What a slice brought, and the server's clock then. */
interface SliceRead {
  readonly now: number;
  readonly recovered: readonly RecoveredEvent[];
}

/**
 * Reads what the events-log plug-in has logged, slice by slice of time up to its server's present, however few rows an
 * answer has. Once an hour it reads a day again: rows can come back late. What is private is left to the other sources:
 * the plug-in shows it to everybody.
 */
export class EventsLogSource implements AskedSource {
  readonly name = 'events-log';
  /** Whether the plug-in answered us last. */
  isThere = true;
  private nextRescan = 0;
  /** Slices that the wide reading still has before it. */
  private rescan: Iterator<TimeSlice> | undefined;
  /** Rows whose key is a change message's, by hash and by how many were the same before. */
  private readonly remembered = new Set<string>();

  constructor(private readonly options: EventsLogSourceOptions) {}

  async read(signal: AbortSignal): Promise<RecoveredEvent[]> {
    const cursor = await this.begin();
    const { fillFrom, rescanFrom } = planLogReading(cursor, Date.now() - this.options.oldestMs);
    const repeats = new Map<string, number>();
    try {
      const recovered = await this.fill(fillFrom, repeats, signal);
      this.sayThere();
      if (Date.now() >= this.nextRescan) {
        this.rescan = planSlices(rescanFrom, fillFrom, this.options.logged.returnLimit);
        this.nextRescan = Date.now() + RESCAN_EVERY_MS;
      }
      return [...recovered, ...(await this.rescanOn(repeats, signal))];
    } catch (error) {
      if (error instanceof LogNotThereError) {
        this.sayNotThere(error.message);
        return [];
      }
      throw error;
    }
  }

  /** Switched on for a ledger that has been there, it begins where REST is. */
  private async begin(): Promise<LogCursor> {
    const { ledger, log } = this.options;
    const cursor = await beginCursor(ledger, log);
    if (cursor.log !== undefined) {
      return cursor.log;
    }
    const begun = { floor: cursor.until, until: cursor.until };
    await ledger.setCursor({ ...cursor, ...ledger.cursor, log: begun });
    return begun;
  }

  /** Reads from a moment on to the present; the cursor follows what is on disk. */
  private async fill(from: number, repeats: Map<string, number>, signal: AbortSignal): Promise<RecoveredEvent[]> {
    const all: RecoveredEvent[] = [];
    for (const slice of planSlices(from, Number.POSITIVE_INFINITY, this.options.logged.returnLimit)) {
      const { now, recovered } = await this.readSlice(slice, repeats);
      all.push(...recovered);
      await this.moveCursor(Math.min(slice.to, now));
      if (signal.aborted || slice.to >= now) {
        break;
      }
    }
    return all;
  }

  /** Goes on with the wide reading. */
  private async rescanOn(repeats: Map<string, number>, signal: AbortSignal): Promise<RecoveredEvent[]> {
    const all: RecoveredEvent[] = [];
    for (let count = 0; count < RESCAN_SLICES && this.rescan !== undefined && !signal.aborted; count++) {
      const next = this.rescan.next();
      if (next.done === true) {
        this.rescan = undefined;
      } else {
        all.push(...(await this.readSlice(next.value, repeats)).recovered);
      }
    }
    return all;
  }

  private async readSlice(slice: TimeSlice, repeats: Map<string, number>): Promise<SliceRead> {
    const { log, logged } = this.options;
    const answer = await logged.rowsBetween(slice);
    const isWhole = answer.kind === 'rows' && !mayBeCut(answer.rows.length, logged.returnLimit);
    const halves = isWhole ? undefined : halveSlice(slice);
    if (halves !== undefined) {
      const before = await this.readSlice(halves[0], repeats);
      const after = await this.readSlice(halves[1], repeats);
      return { now: after.now, recovered: [...before.recovered, ...after.recovered] };
    }
    if (!isWhole) {
      const second = new Date(slice.from).toISOString();
      log.error(
        { second },
        'events-log: a second has more rows than it answers with; raise returnLimit of the plug-in',
      );
    }
    if (answer.kind === 'too-large') {
      return { now: Number.POSITIVE_INFINITY, recovered: [] };
    }
    const taken = await Promise.all(answer.rows.map((row) => this.take(row, repeats)));
    return { now: answer.now, recovered: taken.flat() };
  }

  /** Takes a row, which waits for the disk if it brings anything. */
  private async take(row: string, repeats: Map<string, number>): Promise<RecoveredEvent[]> {
    const { intake } = this.options;
    const said = decodeStreamLine(row);
    if (said.kind === 'undecodable' && this.isNew(row, repeats)) {
      intake.takeLine(Buffer.from(row));
    }
    if (said.kind !== 'event' || this.isForOthers(said.event) || (said.needsMessageId && !this.isNew(row, repeats))) {
      return [];
    }
    const event: GerritEvent = { ...said.event, source: this.name };
    const outcome = await intake.takeSaid({ ...said, event });
    return outcome === 'recorded' ? [{ event, at: momentOf(event) }] : [];
  }

  /** Whether other sources have the say: of what is private, and of moves of refs that are in a net one. */
  private isForOthers(event: GerritEvent): boolean {
    const { change, refUpdate } = event;
    const ref = refUpdate && { project: refUpdate.project, ref: refUpdate.refName };
    return change?.private === true || (ref !== undefined && this.options.ledger.isMoveTold(ref, momentOf(event)));
  }

  /** Whether a row was never read before. Two the same in one reading are two: somebody said it twice in a second. */
  private isNew(row: string, repeats: Map<string, number>): boolean {
    const hash = createHash('sha256').update(row).digest('base64');
    const before = repeats.get(hash) ?? 0;
    repeats.set(hash, before + 1);
    const known = `${before}:${hash}`;
    if (this.remembered.has(known)) {
      return false;
    }
    this.remembered.add(known);
    const [oldest] = this.remembered;
    if (this.remembered.size > MOST_REMEMBERED && oldest !== undefined) {
      this.remembered.delete(oldest);
    }
    return true;
  }

  private async moveCursor(until: number): Promise<void> {
    const { ledger } = this.options;
    const { cursor } = ledger;
    if (cursor?.log !== undefined && until > cursor.log.until) {
      await ledger.setCursor({ ...cursor, log: { ...cursor.log, until } });
    }
  }

  private sayThere(): void {
    metrics.eventsLogThere.set(1);
    if (!this.isThere) {
      this.isThere = true;
      this.options.log.info('the events-log plug-in answers again');
    }
  }

  private sayNotThere(reason: string): void {
    metrics.eventsLogThere.set(0);
    if (this.isThere) {
      this.isThere = false;
      this.options.log.warn(
        { reason },
        'no events-log plug-in for us: what was missed is read by REST alone; install it, or take gerrit.eventsLog out of stack config',
      );
    }
  }
}

const momentOf = ({ eventCreatedOn = 0 }: GerritEvent): number => eventCreatedOn * 1000;
