import { MEASURES, type Measure, type MeasuredDay } from './day-sweep';
import type { LocalDay } from './local-days';
import type { DailyDemand, DemandSeries } from './types';

/** How many builds a log has, and how many of them say their CPU and memory. */
export interface Counts {
  readonly builds: number;
  readonly cpu: number;
  readonly memory: number;
}

/** What series are made with. */
export interface Log {
  readonly days: readonly LocalDay[];
  /** First start. */
  readonly firstMs: number;
  /** Last end. */
  readonly lastMs: number;
  readonly counts: Counts;
}

const WEEK = 7;
/** Of a week's days, so many at least must be known for its median. */
const LEAST_DAYS = 4;
/** A log of whole days still begins with its first build, some minutes after midnight. */
const EDGE_MS = 3_600_000;

/** Units of a measure in the sweep to one outside it. */
const UNITS: Readonly<Record<Measure, number>> = { concurrency: 1, cpu: 1000, memory: 1 };

/** A series' days as figures. `known` says of each day whether any build at all ran. */
export function seriesOf(measured: readonly MeasuredDay[], known: readonly boolean[], log: Log): DemandSeries {
  const of = (measure: Measure): DailyDemand[] => {
    const unit = UNITS[measure];
    const figures = measured.map((day, at) => {
      const { maximum, median } = day[measure];
      return known[at] ? { maximum: maximum / unit, median: median / unit } : { maximum: null, median: null };
    });
    const medians = figures.map(({ median }) => median);
    return log.days.map(({ date, startMs, endMs }, at) => ({
      date,
      hours: (endMs - startMs) / 3_600_000,
      ...(figures[at] ?? { maximum: null, median: null }),
      movingMedian7: movingMedian(medians, at),
      complete: log.firstMs - startMs <= EDGE_MS && endMs - log.lastMs <= EDGE_MS,
    }));
  };
  const wanted = MEASURES.filter((measure) => measure === 'concurrency' || log.counts[measure] > 0);
  const [concurrency, ...rest] = wanted.map((measure) => [measure, of(measure)] as const);
  return { concurrency: concurrency?.[1] ?? [], ...Object.fromEntries(rest) };
}

/** Of the seven days that end at an index; the mean of the middle two when an even number is known. */
function movingMedian(medians: readonly (number | null)[], at: number): number | null {
  if (at < WEEK - 1) return null;
  const week = medians
    .slice(at - WEEK + 1, at + 1)
    .filter((median) => median !== null)
    .sort((a, b) => a - b);
  const [low, high] = [week[(week.length - 1) >> 1], week[week.length >> 1]];
  return low === undefined || high === undefined || week.length < LEAST_DAYS ? null : (low + high) / 2;
}
