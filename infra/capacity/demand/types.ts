import type { Warning } from '../builds/types';

/**
 * One local day of a quantity that changes in steps, such as the number of running builds. `null` where nothing is
 * known: no build ran, and a log does not say whether that is a quiet day or a missing one.
 */
export interface DailyDemand {
  /** YYYY-MM-DD in the time zone given. */
  readonly date: string;
  /** Length of that day: 24, or what a clock change makes of it. */
  readonly hours: number;
  /** Largest value held for any time at all. */
  readonly maximum: number | null;
  /** Value not exceeded for half of the day's time. */
  readonly median: number | null;
  /** Median of the known daily medians of this day and the six before; null with fewer than four, and in the first six days. */
  readonly movingMedian7: number | null;
  /** False where the log begins or ends within the day, which then looks quieter than it was. */
  readonly complete: boolean;
}

/** Demand of some builds, day by day, without a missing date. */
export interface DemandSeries {
  /** Builds running at once. */
  readonly concurrency: readonly DailyDemand[];
  /** Cores in use at once. Absent when no build says its CPU. */
  readonly cpu?: readonly DailyDemand[];
  /** Bytes in use at once. Absent when no build says its memory. */
  readonly memory?: readonly DailyDemand[];
}

/** What builds asked of the machines. */
export interface Demand {
  /** IANA name of the zone whose days they are. */
  readonly timeZone: string;
  readonly builds: number;
  readonly whole: DemandSeries;
  /** The same by pool, by name; all over the same days as `whole`. Empty when no build says its pool. */
  readonly pools: ReadonlyMap<string, DemandSeries>;
  readonly warnings: readonly Warning[];
}
