import { subjectOfKey } from '../../core/event-key';
import type { Logger } from '../shared/log';
import { WorkQueue } from '../shared/work-queue';
import { metrics } from './metrics';
import type { Pair } from './ports';

/** Decisions at once. They wait for Gerrit and the API server, hardly for us. */
const CONCURRENCY = 32;
/** Of one project: a Gerrit that is slow for it alone must leave places, and connections, to the others. */
const CONCURRENCY_OF_PROJECT = 10;
/** Longest wait between tries: something that an operator mends should not then wait for minutes. */
const MOST_BACKOFF_MS = 15_000;
/**
 * A pair is remembered as decided for so long: a repeat may have asked for its receipt just before the decision stood. One
 * that comes later is new to the ledger, which was brought back from a backup: only deciding again tells it.
 */
const REMEMBERED_MS = 30_000;

export interface DecisionQueueOptions {
  readonly log: Logger;
  /**
   * Decides on a pair. Resolves to a wait in milliseconds when it is to be asked again, to `parked` when `wake` will say so;
   * rejects when a retry could help.
   */
  readonly decide: (pair: Pair, receivedAt: number) => Promise<number | 'parked' | undefined>;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/**
 * Pairs waiting for their decision: in order of arrival within a change and pipeline, concurrently otherwise. A pair
 * that fails holds up only those behind it, which are about the same change. One that is parked holds up nobody, and is
 * decided anew, before them, whenever something of the same change arrives: a newer patch set makes it pointless at once.
 */
export class DecisionQueue {
  private readonly lanes = new Map<string, Map<string, { pair: Pair; receivedAt: number }>>();
  /** When each was decided, oldest first. */
  private readonly decided = new Map<string, number>();
  private readonly queue: WorkQueue;
  private stopped = false;

  constructor(private readonly options: DecisionQueueOptions) {
    this.queue = new WorkQueue({
      log: options.log,
      concurrency: CONCURRENCY,
      groups: { of: projectOfLane, most: CONCURRENCY_OF_PROJECT },
      firstBackoffMs: 200,
      mostBackoffMs: MOST_BACKOFF_MS,
      work: (lane) => this.work(lane),
    });
  }

  /** Takes a pair that has its receipt. A pair that is waiting or was decided a moment ago is not taken twice. */
  add(pair: Pair): 'received' | 'decided' {
    const id = idOf(pair);
    this.forget();
    if (this.decided.has(id)) {
      return 'decided';
    }
    const name = laneOf(pair);
    const lane = this.lanes.get(name) ?? new Map<string, { pair: Pair; receivedAt: number }>();
    this.lanes.set(name, lane);
    if (!lane.has(id)) {
      lane.set(id, { pair, receivedAt: this.now() });
      metrics.undecided.inc();
      this.queue.add(name);
    }
    return 'received';
  }

  /** A parked pair's turn has come. */
  wake(pair: Pair): void {
    const name = laneOf(pair);
    if (this.lanes.get(name)?.has(idOf(pair)) === true) {
      this.queue.add(name);
    }
  }

  /** Takes no more and resolves when running decisions are done; what waits is sent again by the gateway. */
  async stop(): Promise<void> {
    this.stopped = true;
    await this.queue.stop();
  }

  private async work(name: string): Promise<number | undefined> {
    const lane = this.lanes.get(name);
    for (const [id, { pair, receivedAt }] of lane ?? []) {
      if (this.stopped) {
        return undefined;
      }
      const againInMs = await this.options.decide(pair, receivedAt).catch((error: unknown) => {
        metrics.failures.inc({ pipeline: pair.pipeline });
        throw error;
      });
      if (againInMs === 'parked') {
        continue;
      }
      if (againInMs !== undefined) {
        return againInMs;
      }
      lane?.delete(id);
      this.decided.set(id, this.now());
      metrics.undecided.dec();
    }
    if (lane?.size === 0) {
      this.lanes.delete(name);
    }
    return undefined;
  }

  private forget(): void {
    for (const [id, at] of this.decided) {
      if (this.now() - at < REMEMBERED_MS) {
        return;
      }
      this.decided.delete(id);
    }
  }

  private now(): number {
    return this.options.now?.() ?? Date.now();
  }
}

const idOf = ({ key, pipeline }: Pair): string => `${pipeline} ${key}`;

/** What a pair is ordered with: events of one change or ref, of whatever type, in one pipeline. */
const laneOf = ({ key, pipeline }: Pair): string => `${pipeline} ${subjectOfKey(key)}`;

const projectOfLane = (lane: string): string => lane.split(':')[1] ?? '';
