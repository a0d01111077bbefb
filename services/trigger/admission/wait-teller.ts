import pLimit from 'p-limit';
import type { Wait } from '../../../core/decision';
import { messageOf } from '../../shared/errors';
import type { Logger } from '../../shared/log';
import { metrics } from '../metrics';
import type { Ledger, Pair } from '../ports';
import type { AdmissionRules, AdmissionState } from './model-admission';
import type { WaitingRun } from './model-line';
import { planPlaces } from './plan-places';
import { renderWait, waitReason } from './render-wait';

/** Records written at once. */
const WRITERS = 4;
/** A recorded place is brought up to date after so long, and no more than so many a tick: each is a write to disk. */
const REFRESH_MS = 15_000;
const REFRESHED_A_TICK = 10;
/** Runs told for the first time in one tick. */
const TOLD_A_TICK = 200;

/** A run that waits, and the pair it answers. */
export interface ToldRun {
  readonly pair: Pair;
  readonly run: WaitingRun;
}

export interface WaitTellerOptions {
  /** Runs that asked, by the key of their Workflow. */
  readonly asked: ReadonlyMap<string, ToldRun>;
  readonly state: AdmissionState;
  readonly rules: AdmissionRules;
  readonly tellAfterMs: number;
  readonly ledger: Pick<Ledger, 'putDecision'>;
  readonly log: Logger;
}

/** Writes into the ledger why a run waits, once it has for long, and then its place now and then. */
export class WaitTeller {
  /** Runs nobody was told of yet, in the order they came. */
  private readonly untold = new Set<string>();
  /** Runs that were told of, the one recorded longest ago first. */
  private readonly told = new Map<string, { readonly at: number; readonly text: string }>();
  private readonly limit = pLimit(WRITERS);
  private writing: Promise<unknown> = Promise.resolve();
  private busy = false;

  constructor(private readonly options: WaitTellerOptions) {}

  /** A run began to wait. */
  waits(key: string): void {
    this.untold.add(key);
  }

  forget(key: string): void {
    this.untold.delete(key);
    this.told.delete(key);
  }

  async stop(): Promise<void> {
    await this.writing;
  }

  tick(now: number): void {
    if (this.busy) {
      return;
    }
    const due = this.due(now);
    if (due.size === 0) {
      return;
    }
    const { state, rules } = this.options;
    const places = planPlaces(state, rules, new Set(due.keys()));
    this.busy = true;
    this.writing = Promise.all(
      [...due].map(([key, { run, pair }]) => {
        const place = places.get(key);
        const { need, precedence, projectClass, receivedAt } = run;
        const wait = place && renderWait({ place, need, precedence, projectClass, receivedAt });
        return wait === undefined ? undefined : this.limit(() => this.tell(key, pair, wait, now));
      }),
    ).finally(() => {
      this.busy = false;
    });
  }

  private due(now: number): Map<string, ToldRun> {
    const { asked, tellAfterMs } = this.options;
    const due = new Map<string, ToldRun>();
    for (const key of this.untold) {
      const found = asked.get(key);
      if (found !== undefined && now - found.run.receivedAt >= tellAfterMs) {
        due.set(key, found);
      }
      if (due.size >= TOLD_A_TICK) {
        break;
      }
    }
    let refreshed = 0;
    for (const [key, { at }] of this.told) {
      const found = asked.get(key);
      if (now - at < REFRESH_MS || refreshed >= REFRESHED_A_TICK) {
        break;
      }
      if (found !== undefined) {
        due.set(key, found);
        refreshed += 1;
      }
    }
    return due;
  }

  private async tell(key: string, pair: Pair, wait: Wait, now: number): Promise<void> {
    const { ledger, log, state } = this.options;
    const before = this.told.get(key);
    if (!state.waiting.has(key)) {
      return;
    }
    const text = JSON.stringify(wait);
    const reason = waitReason(wait);
    try {
      if (before?.text !== text) {
        await ledger.putDecision(pair.key, pair.pipeline, { kind: 'queued', reason, wait });
      }
    } catch (error) {
      log.warn({ key: pair.key, reason: messageOf(error) }, 'a wait could not be recorded; it will be');
      return;
    }
    if (before === undefined) {
      metrics.told.inc({ limit: wait.limit });
      log.info({ key: pair.key, pipeline: pair.pipeline, reason }, 'waiting');
    }
    this.untold.delete(key);
    this.told.delete(key);
    if (state.waiting.has(key)) {
      this.told.set(key, { at: now, text });
    }
  }
}
