import { setInterval as every } from 'node:timers';
import { type Decision, type EventReference, isTerminal, MAX_REFERENCE_BYTES } from '../../core/decision';
import { branchOf, type GerritEvent, projectOfEvent } from '../../core/gerrit-event';
import { messageOf } from '../shared/errors';
import type { Logger } from '../shared/log';
import type { Ledger } from './ledger/ledger';
import { metrics } from './metrics';
import {
  emptyHandOn,
  type HandOnCommand,
  type HandOnInput,
  type HandOnRules,
  type HandOnState,
  oldestSince,
  stepHandOn,
  undecidedCount,
} from './step-hand-on';

const TICK_MS = 500;

/** Where references go: the stream of one EventSource pod. */
export interface Listener {
  send(reference: EventReference, payload: Buffer): void;
}

export interface HandOnOptions {
  /** Gerrit server, as stack config names it. */
  readonly server: string;
  readonly pipelines: readonly string[];
  readonly rules: HandOnRules;
  readonly ledger: Ledger;
  readonly log: Logger;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

interface Lane {
  readonly state: HandOnState;
  /** Open streams, the newest last. Only the newest is sent to: the older ones are on their way out. */
  readonly listeners: Listener[];
}

/** Hands undecided pairs on, pipeline by pipeline, again and again until each has its decision. */
export class HandOn {
  private readonly lanes: ReadonlyMap<string, Lane>;
  private readonly now: () => number;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: HandOnOptions) {
    this.now = options.now ?? Date.now;
    this.lanes = new Map(options.pipelines.map((name) => [name, { state: emptyHandOn(), listeners: [] }]));
  }

  /** Takes up what the ledger says is undecided, and begins. */
  async start(): Promise<void> {
    const orphans: { key: string; pipeline: string }[] = [];
    for (const { key, pipeline, at } of this.options.ledger.undecided()) {
      if (this.lanes.has(pipeline)) {
        this.passed(key, pipeline, Date.parse(at));
      } else {
        orphans.push({ key, pipeline });
      }
    }
    for (const { key, pipeline } of orphans) {
      await this.deadLetter(key, pipeline, `pipeline '${pipeline}' is no longer in stack config`);
    }
    this.timer = every(() => this.step({ kind: 'tick' }), TICK_MS);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  has(pipeline: string): boolean {
    return this.lanes.has(pipeline);
  }

  /** A pair is on disk and may go. `since`: when it was recorded. */
  passed(key: string, pipeline: string, since: number): void {
    this.step({ kind: 'passed', key, since }, pipeline);
  }

  /** The trigger holds a pair; its receipt is on disk. */
  received(key: string, pipeline: string): void {
    this.step({ kind: 'received', key }, pipeline);
  }

  /** A decision is on disk. */
  decided(key: string, pipeline: string, decision: Decision): void {
    metrics.decisions.inc({ pipeline, kind: decision.kind });
    this.step({ kind: isTerminal(decision) ? 'decided' : 'received', key }, pipeline);
  }

  /** The trigger has begun anew and remembers nothing. */
  resend(): void {
    this.step({ kind: 'resend' });
  }

  /** Somebody listens to a pipeline; the answer ends it. */
  listen(pipeline: string, listener: Listener): () => void {
    const lane = this.lanes.get(pipeline);
    if (lane === undefined) {
      throw new Error(`no pipeline '${pipeline}'; there are ${[...this.lanes.keys()].join(', ')}`);
    }
    lane.listeners.push(listener);
    metrics.listeners.set({ pipeline }, lane.listeners.length);
    this.step({ kind: 'opened' }, pipeline);
    return () => {
      const wasNewest = lane.listeners.at(-1) === listener;
      lane.listeners.splice(lane.listeners.indexOf(listener), 1);
      metrics.listeners.set({ pipeline }, lane.listeners.length);
      if (lane.listeners.length === 0) {
        this.step({ kind: 'closed' }, pipeline);
      } else if (wasNewest) {
        this.step({ kind: 'opened' }, pipeline);
      }
    };
  }

  private step(input: HandOnInput, only?: string): void {
    for (const [pipeline, lane] of this.lanes) {
      if (only === undefined || only === pipeline) {
        for (const command of stepHandOn(lane.state, input, this.now(), this.options.rules)) {
          this.perform(command, pipeline, lane);
        }
        metrics.undecided.set({ pipeline }, undecidedCount(lane.state));
        if (input.kind === 'tick') {
          metrics.oldest.set({ pipeline }, (this.now() - (oldestSince(lane.state) ?? this.now())) / 1000);
        }
      }
    }
  }

  private perform(command: HandOnCommand, pipeline: string, lane: Lane): void {
    const { ledger, server, log } = this.options;
    const { key } = command;
    if (command.kind === 'dead-letter') {
      void this.deadLetter(key, pipeline, 'no decision came in time').catch((error: unknown) =>
        log.error({ key, pipeline, reason: messageOf(error) }, 'dead letter not recorded'),
      );
      return;
    }
    const event = ledger.findUndecided(key);
    const listener = lane.listeners.at(-1);
    if (event === undefined || listener === undefined) {
      return;
    }
    const reference = referenceTo(server, key, event, pipeline);
    const payload = Buffer.from(JSON.stringify(reference));
    if (payload.length > MAX_REFERENCE_BYTES) {
      // The coarse filter lets only short names pass, so this says that the two rules no longer agree.
      void this.deadLetter(
        key,
        pipeline,
        `reference is ${payload.length} bytes, at most ${MAX_REFERENCE_BYTES} travel`,
      );
      return;
    }
    (command.attempt === 1 ? metrics.sends : metrics.resends).inc({ pipeline });
    listener.send(reference, payload);
  }

  private async deadLetter(key: string, pipeline: string, reason: string): Promise<void> {
    const decision: Decision = { kind: 'dead-lettered', reason };
    this.options.log.error({ key, pipeline, reason }, 'event dead-lettered, nothing will run for it');
    await this.options.ledger.decide(key, pipeline, decision);
    if (this.lanes.has(pipeline)) {
      this.decided(key, pipeline, decision);
    }
  }
}

/** What travels on the bus for a pair. */
export function referenceTo(server: string, key: string, event: GerritEvent, pipeline: string): EventReference {
  const branch = branchOf(event);
  const project = projectOfEvent(event) ?? '';
  return { key, server, type: event.type, project, ...(branch === undefined ? {} : { branch }), pipeline };
}
