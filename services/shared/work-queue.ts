import { Counter } from 'prom-client';
import { messageOf, TransientError } from './errors';
import type { Lane } from './key-lanes';
import type { Logger } from './log';
import { type Rate, TokenBucket } from './token-bucket';
import { WorkGroups, type WorkGroupsOptions } from './work-groups';

export interface WorkQueueOptions {
  readonly log: Logger;
  /** Keys worked on at once, at most; fewer while the other side says that it is overloaded. */
  readonly concurrency: number;
  /** Groups that are not to take each other's places: one that is slow has so many, and overload is its own. @default - all are one group */
  readonly groups?: WorkGroupsOptions;
  /** First wait after a failure, doubling up to `mostBackoffMs`; up to half of it is left out by chance. @default 100 */
  readonly firstBackoffMs?: number;
  /** @default 60000 */
  readonly mostBackoffMs?: number;
  /** Second tries and later ones of all keys together. @default - 50 a second, 100 at once */
  readonly retries?: Rate;
  /**
   * Does the work of one key, reading the state afresh. Rejects when a retry could help; an error's `retryAfterMs` is
   * heeded. A number asks to be called again after that many milliseconds.
   */
  readonly work: (key: string) => Promise<number | undefined>;
}

interface Timer {
  readonly handle: NodeJS.Timeout;
  readonly at: number;
  /** The other side asked for this wait: an event does not shorten it. */
  readonly asked: boolean;
}

/** Whatever a service does from a queue: a fault on its way to others shows here first. */
export const workRetriesTotal = new Counter({
  name: 'seakeeper_work_retries_total',
  help: 'Pieces of queued work that failed and will be tried again.',
});

const RETRIES: Rate = { perSecond: 50, burst: 100 };

/**
 * A keyed queue: at most one job a key at a time, additions while it runs make one more run, failures come back with
 * exponential back-off of their own key and at a bounded rate of all.
 */
export class WorkQueue {
  private readonly waiting: WorkGroups;
  private readonly running = new Set<string>();
  private readonly again = new Map<string, Lane>();
  private readonly failures = new Map<string, number>();
  private readonly timers = new Map<string, Timer>();
  private readonly retries: TokenBucket;
  private stopped = false;
  private idle: (() => void) | undefined;

  constructor(private readonly options: WorkQueueOptions) {
    this.waiting = new WorkGroups(options.groups ?? { of: () => '', most: options.concurrency });
    this.retries = new TokenBucket(options.retries ?? RETRIES);
  }

  /** Keys waiting or being worked on; those that wait for a time are not counted. */
  get size(): number {
    return this.waiting.size + this.running.size;
  }

  /** Keys that wait for a time to come: after a failure, or because their work asked for it. */
  get delayed(): number {
    return this.timers.size;
  }

  /** Resync goes behind what is fresh. */
  add(key: string, lane: Lane = 'fresh'): void {
    if (this.stopped || this.timers.get(key)?.asked) {
      return;
    }
    this.clearTimer(key);
    if (this.running.has(key)) {
      this.again.set(key, this.again.get(key) === 'fresh' ? 'fresh' : lane);
      return;
    }
    this.waiting.add(key, lane);
    this.pump();
  }

  /** Adds later; the sooner of two such wishes counts. */
  addAfter(key: string, delayMs: number): void {
    this.delay(key, delayMs, false);
  }

  /** Takes no more work and resolves when what runs is done. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.waiting.clear();
    for (const key of [...this.timers.keys()]) {
      this.clearTimer(key);
    }
    if (this.running.size > 0) {
      await new Promise<void>((resolve) => {
        this.idle = resolve;
      });
    }
  }

  private delay(key: string, delayMs: number, asked: boolean): void {
    const at = performance.now() + delayMs;
    const present = this.timers.get(key);
    if (this.stopped || (present !== undefined && (present.asked || (!asked && present.at <= at)))) {
      return;
    }
    this.clearTimer(key);
    const handle = setTimeout(() => {
      this.timers.delete(key);
      this.add(key);
    }, delayMs);
    this.timers.set(key, { handle, at, asked });
  }

  private clearTimer(key: string): void {
    clearTimeout(this.timers.get(key)?.handle);
    this.timers.delete(key);
  }

  private pump(): void {
    while (this.running.size < this.options.concurrency) {
      const key = this.waiting.take();
      if (key === undefined) {
        return;
      }
      this.running.add(key);
      void this.run(key);
    }
  }

  private async run(key: string): Promise<void> {
    let went: 'well' | 'overloaded' | undefined = 'well';
    try {
      const callAgainMs = await this.options.work(key);
      this.failures.delete(key);
      if (callAgainMs !== undefined) {
        this.addAfter(key, callAgainMs);
      }
    } catch (error) {
      went = this.failed(key, error);
    } finally {
      this.running.delete(key);
      this.waiting.done(key, went);
      const again = this.again.get(key);
      this.again.delete(key);
      if (again !== undefined) {
        this.add(key, again);
      }
      if (this.running.size === 0) {
        this.idle?.();
      }
      this.pump();
    }
  }

  private failed(key: string, error: unknown): 'overloaded' | undefined {
    const { firstBackoffMs = 100, mostBackoffMs = 60_000 } = this.options;
    const failures = (this.failures.get(key) ?? 0) + 1;
    this.failures.set(key, failures);
    workRetriesTotal.inc();
    const asked = retryAfterMs(error);
    const backoff = Math.min(firstBackoffMs * 2 ** (failures - 1), mostBackoffMs) * (1 - Math.random() / 2);
    const retryInMs = Math.round(Math.max(backoff, asked ?? 0) + this.retries.takeMs());
    this.options.log.warn({ key, reason: messageOf(error), failures, retryInMs }, 'work failed, will be tried again');
    this.delay(key, retryInMs, asked !== undefined);
    return asked !== undefined || error instanceof TransientError ? 'overloaded' : undefined;
  }
}

function retryAfterMs(error: unknown): number | undefined {
  if (typeof error === 'object' && error !== null && 'retryAfterMs' in error) {
    return typeof error.retryAfterMs === 'number' ? error.retryAfterMs : undefined;
  }
  return undefined;
}
