import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { eventKey } from '../../core/event-key';
import type { GerritEvent } from '../../core/gerrit-event';
import { asksWhy } from '../../core/why-question';
import { messageOf } from '../shared/errors';
import type { GerritClient } from '../shared/gerrit-client';
import type { Logger } from '../shared/log';
import { WorkQueue } from '../shared/work-queue';
import { decideChangeMessage, hasCommentsElsewhere } from './decide-change-message';
import type { CoarseFilter } from './decide-coarse-filter';
import { decodeStreamLine, type StreamLine } from './decode-stream-event';
import type { HandOn } from './hand-on';
import type { Ledger } from './ledger/ledger';
import type { Verdicts } from './ledger/model-record';
import { metrics } from './metrics';

/** Changes whose messages are looked up at once, and those of one project, for which Gerrit may be slow. */
const LOOKUPS = 6;
const LOOKUPS_OF_PROJECT = 3;
const LOOK_AGAIN_MS = 250;
/** After so long without a trace of it the search for an event's message is left to the sweep, which reads them all. */
const GIVE_UP_MS = 60_000;
const HEAD_BYTES = 512;

export interface GerritIntakeOptions {
  /** Gerrit server, as stack config names it. */
  readonly server: string;
  readonly filter: CoarseFilter;
  readonly ledger: Ledger;
  readonly handOn: HandOn;
  readonly gerrit: Pick<GerritClient, 'findChange' | 'patchSetComments'>;
  /** Something may have been missed; changes are to be read by REST. */
  readonly onGap: () => void;
  readonly log: Logger;
}

interface OpenRaw {
  readonly event: GerritEvent;
  readonly since: number;
}

/**
 * Takes what Gerrit says, from whichever source, and puts it on disk under its key, once. Only then is it handed on.
 * Nothing here waits for anybody but the disk, so the stream is read as fast as it comes.
 */
export class GerritIntake {
  /** Raw events by change, in the order they came, so that two with the same words find two messages. */
  private readonly raws = new Map<string, Map<string, OpenRaw>>();
  private readonly lookups: WorkQueue;

  constructor(private readonly options: GerritIntakeOptions) {
    this.lookups = new WorkQueue({
      log: options.log,
      concurrency: LOOKUPS,
      groups: { of: projectOfChangeKey, most: LOOKUPS_OF_PROJECT },
      firstBackoffMs: LOOK_AGAIN_MS,
      mostBackoffMs: 10_000,
      work: (change) => this.lookUp(change),
    });
  }

  /** Goes on with the raw events that a crash left without a key. */
  start(): void {
    for (const { id, event } of this.options.ledger.openRaws()) {
      this.addRaw(id, event);
    }
  }

  async stop(): Promise<void> {
    await this.lookups.stop();
  }

  /** One line of the stream. Never throws, never waits. */
  takeLine(line: Buffer): void {
    // Read all the same, bytes that are no text would become other names without a word.
    const said: StreamLine = isUtf8(line)
      ? decodeStreamLine(line.toString('utf8'))
      : { kind: 'undecodable', why: 'not UTF-8' };
    switch (said.kind) {
      case 'event':
        void (said.needsMessageId ? this.takeRaw(said.event) : this.takeEvent(said.event)).catch(this.logFailure);
        break;
      case 'noise':
        metrics.noise.inc();
        break;
      case 'dropped-output':
        metrics.droppedOutput.inc();
        this.options.log.warn('Gerrit dropped events because we read too slowly; reading changes by REST');
        this.options.onGap();
        break;
      case 'undecodable':
        this.quarantine(line.length, line, said.why);
        break;
    }
  }

  /** A line of the stream too long to be kept. */
  takeOversize(bytes: number, head: Buffer): void {
    this.quarantine(bytes, head, 'line too long');
  }

  /** An event with all its key is made of; resolves when it is on disk. `known`: it was, from another source. */
  async takeEvent(event: GerritEvent, raw?: string): Promise<'recorded' | 'known' | 'no-key'> {
    const { server, filter, ledger, handOn, log } = this.options;
    const key = eventKey(server, event);
    if (key === undefined) {
      return 'no-key';
    }
    const verdicts = filter(event);
    const since = Date.now();
    const outcome = await ledger.recordEvent(key, event, verdicts, raw);
    const source = event.source ?? 'stream';
    if (outcome === 'known') {
      metrics.repeats.inc({ source });
      return outcome;
    }
    metrics.events.inc({ type: event.type, source });
    if (event.eventCreatedOn !== undefined) {
      metrics.lag.observe(Math.max(0, Date.now() / 1000 - event.eventCreatedOn));
    }
    countVerdicts(event, verdicts);
    const passed = Object.keys(verdicts).filter((pipeline) => verdicts[pipeline] === 'pass');
    log.debug({ key, passed, source }, 'event recorded');
    for (const pipeline of passed) {
      handOn.passed(key, pipeline, since);
    }
    return outcome;
  }

  /** An event that lacks its message id. One that nobody waits for is left to the sweep, which sees the id at once. */
  private async takeRaw(event: GerritEvent): Promise<void> {
    const verdicts = this.options.filter(event);
    if (Object.values(verdicts).includes('pass') || asksWhy(event)) {
      this.addRaw(await this.options.ledger.recordRaw(event), event);
    } else {
      countVerdicts(event, verdicts);
    }
  }

  private addRaw(id: string, event: GerritEvent): void {
    const change = changeKeyOf(event);
    const open = this.raws.get(change) ?? new Map<string, OpenRaw>();
    open.set(id, { event, since: Date.now() });
    this.raws.set(change, open);
    this.countRaws();
    this.lookups.add(change);
  }

  /** Finds the messages of a change's raw events; resolves to when to look again. */
  private async lookUp(changeKey: string): Promise<number | undefined> {
    const { gerrit, ledger, log, onGap, server } = this.options;
    const open = this.raws.get(changeKey) ?? new Map<string, OpenRaw>();
    const first = [...open.values()][0]?.event.change;
    if (first === undefined) {
      return undefined;
    }
    const info = await gerrit.findChange(first.project, first.number, ['MESSAGES', 'DETAILED_ACCOUNTS']);
    const messages = [...(info?.messages ?? [])].sort((a, b) => Date.parse(a.date) - Date.parse(b.date));
    const comments = messages.some(hasCommentsElsewhere)
      ? await gerrit.patchSetComments(first.project, first.number)
      : [];
    /** Ids of messages that belong to an event already, by the event's type. */
    const taken = new Map<string, Set<string>>();
    const takenOf = (event: GerritEvent): Set<string> => {
      const ids = messages.map(({ id }) => id);
      return new Set(ids.filter((messageId) => ledger.knows(eventKey(server, { ...event, messageId }) ?? '')));
    };
    const taking: Promise<void>[] = [];
    for (const [id, { event, since }] of [...open]) {
      const isTaken = taken.get(event.type) ?? takenOf(event);
      taken.set(event.type, isTaken);
      const message = decideChangeMessage(event, messages, comments, (messageId) => isTaken.has(messageId));
      if (message !== undefined) {
        isTaken.add(message.id);
        // Together, so that a thousand of them wait for the disk once.
        taking.push(
          this.takeEvent({ ...event, messageId: message.id, tag: message.tag }, id).then(() => void open.delete(id)),
        );
      } else if (info === undefined || Date.now() - since > GIVE_UP_MS) {
        log.warn({ change: first.number, type: event.type }, 'no change message found for an event');
        await ledger.closeRaw(id, info === undefined ? 'change-gone' : 'no-message');
        open.delete(id);
        onGap();
      }
    }
    await Promise.all(taking);
    this.countRaws();
    if (open.size > 0) {
      return LOOK_AGAIN_MS;
    }
    this.raws.delete(changeKey);
    return undefined;
  }

  private countRaws(): void {
    metrics.unresolved.set([...this.raws.values()].reduce((sum, { size }) => sum + size, 0));
  }

  private quarantine(bytes: number, line: Buffer, why: string): void {
    const sha256 = createHash('sha256').update(line).digest('hex');
    metrics.quarantined.inc();
    this.options.log.warn({ bytes, sha256, why }, 'line from Gerrit is no event; kept aside');
    const head = line.subarray(0, HEAD_BYTES);
    void this.options.ledger.recordQuarantined({ bytes, sha256, why }, head).catch(this.logFailure);
    // Whatever it was, REST may know.
    this.options.onGap();
  }

  private readonly logFailure = (error: unknown) => {
    this.options.log.error({ reason: messageOf(error) }, 'event not recorded');
  };
}

/** What raw events are looked up by. */
const changeKeyOf = ({ change }: GerritEvent): string => `${change?.number} ${change?.project}`;
const projectOfChangeKey = (key: string): string => key.slice(key.indexOf(' ') + 1);

function countVerdicts({ type }: GerritEvent, verdicts: Verdicts): void {
  if (Object.keys(verdicts).length === 0) {
    metrics.unmatched.inc({ type });
  }
  for (const [pipeline, verdict] of Object.entries(verdicts)) {
    if (verdict !== 'pass') {
      metrics.filtered.inc({ pipeline, reason: verdict });
    }
  }
}
