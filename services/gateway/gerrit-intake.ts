import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { eventKey } from '../../core/event-key';
import type { GerritEvent } from '../../core/gerrit-event';
import { asksWhy } from '../../core/why-question';
import { messageOf } from '../shared/errors';
import type { GerritClient } from '../shared/gerrit-client';
import type { Logger } from '../shared/log';
import { WorkQueue } from '../shared/work-queue';
import { pipelinesToStop } from './decide-cancellation';
import { hasCommentsElsewhere } from './decide-change-message';
import type { CoarseFilter } from './decide-coarse-filter';
import { decodeStreamLine, type SaidEvent, type StreamLine } from './decode-stream-event';
import type { HandOn } from './hand-on';
import type { Ledger } from './ledger/ledger';
import type { Verdicts } from './ledger/model-record';
import { metrics } from './metrics';
import { ChangeLook } from './model-look';
import { lookupOptions } from './plan-lookup';

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

type ChangeName = Pick<NonNullable<GerritEvent['change']>, 'project' | 'number'>;

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
        void this.takeSaid(said).catch(this.logFailure);
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

  /** An event as Gerrit says it; resolves when it is on disk, under its key or to wait for that. */
  async takeSaid({
    event,
    needsMessageId,
  }: SaidEvent): Promise<'recorded' | 'known' | 'no-key' | 'waits' | 'unwanted'> {
    return needsMessageId ? this.takeRaw(event) : this.takeEvent(event);
  }

  /** An event with all its key is made of; resolves when it is on disk. `known`: it was, from another source. */
  async takeEvent(event: GerritEvent, raw?: string): Promise<'recorded' | 'known' | 'no-key'> {
    const { server, ledger, handOn, log } = this.options;
    const key = eventKey(server, event);
    if (key === undefined) {
      return 'no-key';
    }
    const verdicts = this.verdictsOn(event);
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
    if (source !== 'stream') {
      metrics.recovered.inc({ source, type: event.type });
      log.info({ key, type: event.type, source }, 'event recovered that the stream did not bring');
    }
    countVerdicts(event, verdicts);
    const passed = Object.keys(verdicts).filter((pipeline) => verdicts[pipeline] === 'pass');
    log.debug({ key, passed, source }, 'event recorded');
    for (const pipeline of passed) {
      handOn.passed(key, pipeline, since);
    }
    return outcome;
  }

  /** What pipelines want of an event, and those with runs that it ends, whatever they want. */
  private verdictsOn(event: GerritEvent): Verdicts {
    const { filter, ledger, handOn } = this.options;
    const ended = pipelinesToStop(event, ledger).filter((pipeline) => handOn.has(pipeline));
    return { ...filter(event), ...Object.fromEntries(ended.map((pipeline) => [pipeline, 'pass' as const])) };
  }

  /** An event that lacks its message id. One that nobody waits for is left to the sweep, which sees the id at once. */
  private async takeRaw(event: GerritEvent): Promise<'waits' | 'unwanted'> {
    const verdicts = this.verdictsOn(event);
    if (Object.values(verdicts).includes('pass') || asksWhy(event)) {
      this.addRaw(await this.options.ledger.recordRaw(event), event);
      return 'waits';
    }
    countVerdicts(event, verdicts);
    return 'unwanted';
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
    const { ledger, log, onGap } = this.options;
    const open = this.raws.get(changeKey) ?? new Map<string, OpenRaw>();
    const first = [...open.values()][0]?.event.change;
    if (first === undefined) {
      return undefined;
    }
    // Those that come meanwhile wait for the next look: what they left is not in this one, though its second may be theirs.
    const waiting = [...open];
    const look = await this.look(
      first,
      waiting.map(([, raw]) => raw),
    );
    const taking: Promise<void>[] = [];
    for (const [id, { event, since }] of waiting) {
      const isLate = Date.now() - since > GIVE_UP_MS;
      const found = look?.find(event, isLate);
      if (found !== undefined) {
        // Together, so that a thousand of them wait for the disk once.
        taking.push(this.takeEvent(found, id).then(() => void open.delete(id)));
      } else if (look === undefined || isLate) {
        log.warn({ change: first.number, type: event.type }, 'no change message found for an event');
        await ledger.closeRaw(id, look === undefined ? 'change-gone' : 'no-message');
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

  /** A change as it is now, for what its raw events need; undefined when it is gone. */
  private async look({ project, number }: ChangeName, raws: readonly OpenRaw[]): Promise<ChangeLook | undefined> {
    const { gerrit, ledger, server } = this.options;
    const info = await gerrit.findChange(project, number, lookupOptions(raws.map(({ event }) => event)));
    if (info === undefined) {
      return undefined;
    }
    const isElsewhere = info.messages?.some(hasCommentsElsewhere) === true;
    const comments = isElsewhere ? await gerrit.patchSetComments(project, number) : [];
    return new ChangeLook(info, comments, (event) => ledger.knows(eventKey(server, event) ?? ''));
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
