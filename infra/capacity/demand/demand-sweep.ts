import type { Build } from '../builds/types';
import { DaySweep } from './day-sweep';
import { demandWarnings } from './demand-warnings';
import { EventRuns, type NumberStore } from './event-runs';
import { EventTable } from './event-table';
import { assertTimeZone, localDays } from './local-days';
import { Pools } from './pools';
import { seriesOf } from './series-of';
import type { Demand } from './types';

/** What computing the demand may be told. */
export interface DemandOptions {
  /** IANA name of the zone whose days are meant. */
  readonly timeZone: string;
  /** Where builds beyond `runSize` go. @default - memory, however many there are */
  readonly store?: NumberStore;
  /** Builds held in memory when there is a store. @default 1048576: some 60 MB */
  readonly runSize?: number;
}

const DEFAULT_RUN_SIZE = 2 ** 20;

/** Demand of builds that come one by one, in any order. */
export class DemandSweep {
  readonly #options: DemandOptions;
  readonly #events = new EventTable();
  readonly #runs: EventRuns | undefined;
  readonly #pools = new Pools();
  readonly #counts = { builds: 0, cpu: 0, memory: 0 };
  #firstMs = Number.POSITIVE_INFINITY;
  #lastMs = Number.NEGATIVE_INFINITY;

  /** Throws when the time zone is not known. */
  constructor(options: DemandOptions) {
    assertTimeZone(options.timeZone);
    this.#options = options;
    this.#runs = options.store === undefined ? undefined : new EventRuns(options.store);
  }

  /** Takes a build, and counts it for that pool. */
  add(build: Build, pool: string | undefined = build.pool): void {
    if (this.#runs !== undefined && this.#events.length >= (this.#options.runSize ?? DEFAULT_RUN_SIZE)) this.#spill();
    this.#events.add(build, this.#pools.indexOf(pool));
    this.#counts.builds += 1;
    if (build.cpu !== undefined) this.#counts.cpu += 1;
    if (build.memoryBytes !== undefined) this.#counts.memory += 1;
    if (build.startMs < this.#firstMs) this.#firstMs = build.startMs;
    if (build.endMs > this.#lastMs) this.#lastMs = build.endMs;
  }

  /** The demand of what was added. Throws when nothing was. To be called once. */
  finish(): Demand {
    const { timeZone } = this.#options;
    if (this.#counts.builds === 0) {
      throw new Error('there are no builds, and so there is no demand; at least one is needed');
    }
    const sweep = new DaySweep(localDays(timeZone, this.#firstMs), this.#pools.names.length);
    const take = sweep.take.bind(sweep);
    if (this.#runs === undefined || this.#runs.count === 0) {
      this.#events.inOrder(take);
    } else {
      this.#spill();
      this.#runs.inOrder(take);
    }
    // A build of no length at midnight is of the day that begins.
    sweep.finish(Math.max(this.#lastMs, this.#firstMs + 1));
    return this.#demandOf(sweep);
  }

  #spill(): void {
    this.#runs?.write(this.#events);
    this.#events.clear();
  }

  #demandOf(sweep: DaySweep): Demand {
    const log = { days: sweep.days, firstMs: this.#firstMs, lastMs: this.#lastMs, counts: this.#counts };
    const known = sweep.whole.map(({ concurrency }) => concurrency.maximum > 0);
    const pools = sweep.pools.map((days) => seriesOf(days, known, log));
    const whole = seriesOf(sweep.whole, known, log);
    return {
      timeZone: this.#options.timeZone,
      builds: this.#counts.builds,
      whole,
      pools: new Map(
        this.#pools.names
          .map((name, index) => [name, pools[index] ?? whole] as const)
          .sort(([a], [b]) => (a < b ? -1 : 1)),
      ),
      warnings: [...demandWarnings(whole.concurrency, this.#counts), ...this.#pools.warnings()],
    };
  }
}

/** Demand of some builds, in any order. Throws when there are none or the time zone is not known. */
export function demandOf(builds: Iterable<Build>, options: DemandOptions): Demand {
  const sweep = new DemandSweep(options);
  for (const build of builds) sweep.add(build);
  return sweep.finish();
}
