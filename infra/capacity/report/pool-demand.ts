import type { RunPool } from '../../../core/pool';
import type { DailyDemand } from '../demand/types';
import type { DailyForecast, PoolDemand } from '../demand-file';
import type { DayValue, Forecast } from '../forecast/types';
import { quantile } from '../simulation/wait-figures';
import type { BuildColumns } from '../trace/build-columns';
import { busiestHours } from '../trace/busiest-hours';
import { toTrace } from '../trace/to-trace';

/** Days that "lately" means: the proposal's period, four weeks. */
export const RECENT_DAYS = 28;
const MS_PER_DAY = 86_400_000;
/** Kinds of build that a demand file tells apart. */
const MOST_SHAPES = 8;

/**
 * The daily maximum as a series to forecast. Days that the log begins or ends in say too little and are left off; all are
 * kept when there are no others.
 */
export function peaksOf(history: readonly DailyDemand[]): DayValue[] {
  const series = history.map(({ date, maximum }) => ({ date, value: maximum }));
  const isComplete = ({ complete, maximum }: DailyDemand) => complete && maximum !== null;
  const [first, last] = [history.findIndex(isComplete), history.findLastIndex(isComplete)];
  return first < 0 ? series : series.slice(first, last + 1);
}

/** What a pool's builds are like, and what is forecast of them. */
export function poolDemand(
  columns: BuildColumns,
  pool: RunPool,
  { history, forecast, timeZone }: { history: readonly DailyDemand[]; forecast: Forecast; timeZone: string },
): PoolDemand {
  const seconds = durationsOf(columns, pool);
  return {
    builds: seconds.length,
    perDay: round(recentPerDay(columns, pool)),
    // A log of builds that all take no time has no load; a second keeps the arithmetic of waiting defined.
    meanSeconds: round(Math.max(1, seconds.reduce((sum, value) => sum + value, 0) / seconds.length)),
    p50Seconds: round(quantile(seconds, 0.5)),
    p95Seconds: round(quantile(seconds, 0.95)),
    shapes: shapesOf(columns, pool),
    forecast: dailyForecast(forecast, busyShare(history, busiestHours(columns, timeZone, pool))),
  };
}

function durationsOf(columns: BuildColumns, pool: RunPool): Float64Array {
  const ofPool = columns.placements.map((placement) => placement.pool === pool);
  const seconds = new Float64Array(columns.length);
  let count = 0;
  for (let at = 0; at < columns.length; at += 1) {
    if (ofPool[columns.placement[at] ?? 0] === true) {
      seconds[count] = ((columns.endMs[at] ?? 0) - (columns.startMs[at] ?? 0)) / 1000;
      count += 1;
    }
  }
  return seconds.subarray(0, count).sort();
}

function recentPerDay(columns: BuildColumns, pool: RunPool): number {
  const [first, last] = [columns.startMs[0] ?? 0, columns.startMs[columns.length - 1] ?? 0];
  const since = last - RECENT_DAYS * MS_PER_DAY;
  let count = 0;
  for (let at = columns.length - 1; at >= 0 && (columns.startMs[at] ?? 0) > since; at -= 1) {
    if (columns.poolAt(at) === pool) count += 1;
  }
  return count / Math.min(RECENT_DAYS, Math.max(1, (last - first) / MS_PER_DAY));
}

/**
 * The busiest hour's mean as a share of the most at any moment of the day: the median over the last twelve weeks. 1 when
 * nothing is known, which is too much rather than too little.
 */
function busyShare(history: readonly DailyDemand[], busiest: ReadonlyMap<string, number>): number {
  const shares = history
    .slice(-3 * RECENT_DAYS)
    .flatMap(({ date, maximum }) => (maximum === null || maximum === 0 ? [] : [(busiest.get(date) ?? 0) / maximum]));
  return shares.length === 0 ? 1 : Math.min(1, quantile(Float64Array.from(shares).sort(), 0.5));
}

function dailyForecast({ points }: Forecast, busy: number): DailyForecast {
  return {
    from: points[0]?.date ?? '',
    p50: points.map(({ p50 }) => round(p50)),
    p90: points.map(({ p90 }) => round(p90)),
    busyHour: points.map(({ p90 }) => round(p90 * busy)),
  };
}

/** What builds request, by their share of the time that builds run: what is there at a moment. None when no build says. */
function shapesOf(columns: BuildColumns, pool: RunPool): PoolDemand['shapes'] {
  let said = false;
  for (let at = 0; at < columns.length && !said; at += 1) {
    said = columns.poolAt(at) === pool && !(Number.isNaN(columns.cpu[at]) || Number.isNaN(columns.memory[at]));
  }
  if (!said) return [];
  const { shape, shapes, duration } = toTrace(columns, { pool, slot: { cpu: 2, memory: 6 * 2 ** 30 } });
  const weights = shapes.map(() => 0);
  duration.forEach((seconds, build) => {
    const kind = shape[build] ?? 0;
    weights[kind] = (weights[kind] ?? 0) + seconds;
  });
  const whole = Math.max(
    1e-9,
    weights.reduce((sum, weight) => sum + weight, 0),
  );
  const kinds = shapes
    .map(({ cpu, memory }, kind) => ({ cpu, memory, share: (weights[kind] ?? 0) / whole }))
    .sort((a, b) => b.share - a.share || b.cpu - a.cpu || b.memory - a.memory);
  return [...kinds.slice(0, MOST_SHAPES), ...merged(kinds.slice(MOST_SHAPES))]
    .map((kind) => ({ ...kind, share: round(kind.share) }))
    .filter(({ share }) => share > 0);
}

/** Rare kinds as one, as large as they are on average, rounded up. */
function merged(kinds: PoolDemand['shapes']): PoolDemand['shapes'] {
  const share = kinds.reduce((sum, kind) => sum + kind.share, 0);
  if (share === 0) return [];
  const mean = (key: 'cpu' | 'memory') => kinds.reduce((sum, kind) => sum + kind[key] * kind.share, 0) / share;
  return [{ cpu: Math.ceil(mean('cpu') * 4) / 4, memory: Math.ceil(mean('memory') / 2 ** 28) * 2 ** 28, share }];
}

/** Four decimals: far below any error, and enough that two machines write the same. */
const round = (value: number): number => Number(value.toFixed(4));
