import { setTimeout as sleep } from 'node:timers/promises';
import { eventKey } from '../../core/event-key';
import type { GerritEvent } from '../../core/gerrit-event';
import type { Pipeline } from '../../core/pipeline';
import { messageOf } from '../shared/errors';
import type { GerritClient } from '../shared/gerrit-client';
import type { Logger } from '../shared/log';
import type { CoarseFilter } from './decide-coarse-filter';
import type { GerritIntake } from './gerrit-intake';
import type { Ledger } from './ledger/ledger';
import { planTimer, type Timer, timerEvents, timersOf, toldEvent, turnOf } from './plan-timer';

/** Clocks are set; nobody sleeps past that for long. */
const MOST_SLEEP_MS = 60_000;
const BACKOFF_MS = { first: 1_000, most: 60_000 };
const DAY_MS = 86_400_000;

export interface TimersOptions {
  /** Gerrit server, as stack config names it. */
  readonly server: string;
  readonly pipelines: readonly Pick<Pipeline, 'triggers'>[];
  readonly retentionDays: number;
  readonly gerrit: Pick<GerritClient, 'listTips'>;
  readonly filter: CoarseFilter;
  readonly ledger: Pick<Ledger, 'knows' | 'recordEvent'>;
  readonly intake: Pick<GerritIntake, 'takeEvent'>;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/**
 * The gateway's clock as a source of events. Each instant of a schedule becomes one event for each branch that a pipeline
 * wants, recorded like any other, and last of all the note that the instant is told: whatever happens in between, each event
 * has its key and is recorded once.
 */
export class Timers {
  private readonly timers: readonly Timer[];

  constructor(private readonly options: TimersOptions) {
    this.timers = timersOf(options.pipelines);
  }

  /** Resolves when the signal fires. */
  async run(): Promise<void> {
    await Promise.all(this.timers.map((timer) => this.follow(timer)));
  }

  private async follow(timer: Timer): Promise<void> {
    const { log, signal } = this.options;
    let failures = 0;
    while (!signal.aborted) {
      try {
        await this.step(timer);
        failures = 0;
      } catch (error) {
        const waitMs = Math.min(BACKOFF_MS.first * 2 ** failures, BACKOFF_MS.most);
        failures += 1;
        log.warn({ time: timer.time, reason: messageOf(error), retryInMs: waitMs }, 'a timer could not be told');
        await this.wait(waitMs);
      }
    }
  }

  private async step(timer: Timer): Promise<void> {
    const { ledger, log, retentionDays } = this.options;
    const now = Date.now();
    const isTold = (instant: number) => ledger.knows(this.keyOf(toldEvent(timer, instant)));
    const step = planTimer(timer, now, isTold, retentionDays * DAY_MS);
    switch (step.kind) {
      case 'wait':
        return this.wait(step.until - now);
      case 'begin':
        log.info({ time: timer.time }, 'a new timer: its instants count from now on');
        return this.note(timer, step.instant);
      case 'tell':
        return this.tell(timer, step.instant);
    }
  }

  /** Records the events of an instant as their turns come. */
  private async tell(timer: Timer, instant: number): Promise<void> {
    const { intake, log, signal } = this.options;
    let left = await this.eventsOf(timer, instant);
    log.info({ time: timer.time, at: new Date(instant).toISOString(), events: left.length }, 'a timer is due');
    while (left.length > 0 && !signal.aborted) {
      const now = Date.now();
      const due = left.filter((event) => turnOf(event) <= now);
      left = left.filter((event) => turnOf(event) > now);
      await Promise.all(due.map((event) => intake.takeEvent(event)));
      if (left.length > 0) {
        await this.wait(Math.min(...left.map(turnOf)) - now);
      }
    }
    if (!signal.aborted) {
      await this.note(timer, instant);
    }
  }

  /** Those that a pipeline wants and that are not recorded yet. */
  private async eventsOf(timer: Timer, instant: number): Promise<GerritEvent[]> {
    const { filter, gerrit, ledger } = this.options;
    const events: GerritEvent[] = [];
    for await (const project of gerrit.listTips(timer.branches.map((branch) => `refs/heads/${branch}`))) {
      const found = project.state === 'ACTIVE' ? timerEvents(timer, instant, project) : [];
      events.push(...found.filter((event) => Object.keys(filter(event)).length > 0));
    }
    return events.filter((event) => !ledger.knows(this.keyOf(event)));
  }

  private async note(timer: Timer, instant: number): Promise<void> {
    const told = toldEvent(timer, instant);
    await this.options.ledger.recordEvent(this.keyOf(told), told, {});
  }

  private keyOf(event: GerritEvent): string {
    return eventKey(this.options.server, event) ?? '';
  }

  private async wait(ms: number): Promise<void> {
    const { signal } = this.options;
    await sleep(Math.max(1, Math.min(ms, MOST_SLEEP_MS)), undefined, { signal }).catch(() => undefined);
  }
}
