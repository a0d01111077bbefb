import { PRECEDENCES } from '../../../core/pipeline';
import type { AdmissionConfig } from '../../../core/service-config';
import type { Logger } from '../../shared/log';
import { WorkQueue } from '../../shared/work-queue';
import { metrics } from '../metrics';
import type { Ledger, Pair } from '../ports';
import { type AdmissionInput, type AdmissionRules, AdmissionState } from './model-admission';
import type { ActiveRun, Look, WaitingRun } from './model-line';
import type { Quotas } from './ports';
import { stepAdmission } from './step-admission';
import { type ToldRun, WaitTeller } from './wait-teller';

const TICK_MS = 1_000;
/** Namespaces whose quota is looked at, at once. */
const LOOKERS = 8;

export interface AdmissionOptions {
  readonly config: AdmissionConfig;
  readonly quotas: Pick<Quotas, 'look'>;
  readonly ledger: Pick<Ledger, 'putDecision'>;
  readonly log: Logger;
  /** The turn of a pair that waited has come: it is to be decided anew, and asks again. */
  readonly onTurn: (pair: Pair) => void;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

export type AdmissionAnswer =
  | 'go'
  | 'wait'
  /** Another event asked for the same and waits: what it brings will be the same. */
  | 'same-work';

export interface Asking {
  readonly pair: Pair;
  readonly run: WaitingRun;
  /** What the run is of: equal for runs of which the second would only repeat the first. Absent: nothing is like it. */
  readonly work: string | undefined;
  readonly look: Look;
}

/**
 * The one door between a decision to run and its Workflow: keeps who waits and what runs, lets runs in by turns, and says
 * why the others wait. What waits is in memory only: after a restart the gateway sends it again, and its place follows
 * from when its event was received. What runs is read from the cluster.
 */
export class Admission {
  private readonly state = new AdmissionState();
  private readonly rules: AdmissionRules;
  /** Pairs that asked and were not let go yet, by the name of their Workflow and the other way round. */
  private readonly asked = new Map<string, ToldRun & { readonly work: string | undefined }>();
  private readonly keys = new Map<string, string>();
  private readonly works = new Map<string, string>();
  private readonly looks: WorkQueue;
  private readonly exact = new Set<string>();
  private readonly teller: WaitTeller;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: AdmissionOptions) {
    const { config, log, ledger } = options;
    this.rules = {
      parallelism: config.parallelism,
      namespaceParallelism: config.namespaceParallelism,
      classParallelism: config.classParallelism,
      lookFreshMs: 3_000,
      lookWaitMs: 1_000,
      lookAgainMs: 2_000,
      unseenMs: 120_000,
    };
    this.teller = new WaitTeller({
      state: this.state,
      asked: this.asked,
      rules: this.rules,
      tellAfterMs: config.tellAfterSeconds * 1_000,
      ledger,
      log,
    });
    this.looks = new WorkQueue({
      log,
      concurrency: LOOKERS,
      mostBackoffMs: 5_000,
      work: (namespace) => this.look(namespace),
    });
  }

  start(): void {
    this.timer = setInterval(() => this.tick(), TICK_MS);
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await Promise.all([this.looks.stop(), this.teller.stop()]);
  }

  /** Whether a pair may make its Workflow now. One that waits is told by `onTurn`. Asking again changes nothing. */
  ask({ pair, run, work, look }: Asking): AdmissionAnswer {
    const same = work === undefined ? undefined : this.works.get(work);
    if (same !== undefined && same !== run.key && this.state.waiting.has(same)) {
      return 'same-work';
    }
    const isNew = !this.asked.has(run.key);
    this.asked.set(run.key, { pair, run, work });
    this.keys.set(idOf(pair), run.key);
    if (work !== undefined) {
      this.works.set(work, run.key);
    }
    const goes = this.step({ kind: 'asked', run, look }, run.key);
    if (!goes && isNew) {
      this.teller.waits(run.key);
    }
    return goes ? 'go' : 'wait';
  }

  /** Whether anything runs in a namespace: only then does it matter whose its pods are. */
  isBusy(namespace: string): boolean {
    return this.state.lines.get(namespace)?.isActive === true;
  }

  /** A pair came to another decision, or its Workflow could not be made: its place is somebody else's. */
  leave(pair: Pair): void {
    const key = this.forget(pair);
    if (key !== undefined) {
      this.step({ kind: 'left', key });
    }
  }

  /** A pair's Workflow stands and is recorded. */
  done(pair: Pair): void {
    const asked = this.asked.get(this.keys.get(idOf(pair)) ?? '');
    this.forget(pair);
    if (asked !== undefined) {
      const { precedence, receivedAt } = asked.run;
      metrics.admitted.inc({ precedence });
      metrics.waited.observe({ precedence }, (this.now() - receivedAt) / 1_000);
    }
  }

  seen(run: ActiveRun): void {
    this.step({ kind: 'seen', run });
  }

  gone(key: string): void {
    this.step({ kind: 'gone', key });
  }

  /** What runs is known. Nothing is let in before. */
  synced(): void {
    this.step({ kind: 'synced' });
  }

  private forget(pair: Pair): string | undefined {
    const key = this.keys.get(idOf(pair));
    if (key === undefined) {
      return undefined;
    }
    this.keys.delete(idOf(pair));
    const work = this.asked.get(key)?.work;
    if (work !== undefined && this.works.get(work) === key) {
      this.works.delete(work);
    }
    this.asked.delete(key);
    this.teller.forget(key);
    return key;
  }

  /** Whether the run named is among those let in. */
  private step(input: AdmissionInput, asking?: string): boolean {
    let goes = false;
    for (const command of stepAdmission(this.state, input, this.now(), this.rules)) {
      if (command.kind === 'look') {
        if (command.exact) {
          this.exact.add(command.namespace);
        }
        this.looks.add(command.namespace);
      } else if (command.key === asking) {
        goes = true;
      } else {
        const asked = this.asked.get(command.key);
        if (asked !== undefined) {
          this.options.onTurn(asked.pair);
        }
      }
    }
    return goes;
  }

  private async look(namespace: string): Promise<undefined> {
    const look = await this.options.quotas.look(namespace, this.exact.has(namespace));
    this.exact.delete(namespace);
    this.step({ kind: 'looked', namespace, look });
    return undefined;
  }

  private tick(): void {
    this.step({ kind: 'tick' });
    this.teller.tick(this.now());
    const oldest = { deploy: this.now(), gate: this.now(), check: this.now(), periodic: this.now() };
    const waiting = { deploy: 0, gate: 0, check: 0, periodic: 0 };
    for (const { precedence, receivedAt } of this.state.waiting.values()) {
      waiting[precedence] += 1;
      oldest[precedence] = Math.min(oldest[precedence], receivedAt);
    }
    for (const precedence of PRECEDENCES) {
      metrics.waiting.set({ precedence }, waiting[precedence]);
      metrics.oldestWait.set({ precedence }, (this.now() - oldest[precedence]) / 1_000);
    }
    metrics.running.set(this.state.running);
  }

  private now(): number {
    return this.options.now?.() ?? Date.now();
  }
}

const idOf = ({ key, pipeline }: Pair): string => `${pipeline} ${key}`;
