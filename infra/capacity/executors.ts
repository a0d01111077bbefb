import { daysOf, type PoolDemand } from './demand-file';
import { slotsFor, type WaitGoal } from './queueing/erlang-c';
import type { DemandPoint } from './requirement';

/** How many executors a pool needs, and why. */
export interface ExecutorNeed {
  readonly executors: number;
  /** Day with the highest demand up to the target day. */
  readonly date: string;
  /** P90 of that day's most builds at once. */
  readonly peak: number;
  /** Slots Erlang C asks for on the day that needs the most of them. */
  readonly queueing: number;
}

/** What a pool needs on a day: `p90` is the larger of the two after it. */
export interface DailyNeed extends DemandPoint {
  /** P90 of the most builds at once. */
  readonly peak: number;
  /** Slots Erlang C asks for. */
  readonly queueing: number;
}

/**
 * Executors a pool needs each day: at P90 as many as the most builds at once, or as many as the wait goal asks for in the
 * busiest hour when that is more, as it is for short builds in small pools.
 */
export function dailyNeed(demand: PoolDemand, goal: WaitGoal): DailyNeed[] {
  const { p50, p90, busyHour } = demand.forecast;
  return daysOf(demand.forecast).map((date, day) => {
    const peak = p90[day] ?? 0;
    const queueing = slotsFor({ erlangs: busyHour[day] ?? 0, meanSeconds: demand.meanSeconds }, goal);
    return { date, p50: p50[day] ?? 0, p90: Math.max(peak, queueing), peak, queueing };
  });
}

/** The most executors needed on any day up to and including one. Throws when there is no such day. */
export function needUntil(needs: readonly DailyNeed[], until: string): ExecutorNeed {
  const days = needs.filter(({ date }) => date <= until);
  const [first, ...rest] = days;
  if (first === undefined) {
    throw new Error(`the forecast begins on ${needs[0]?.date ?? 'no day'}, after ${until}; choose a later day`);
  }
  const worst = rest.reduce((most, day) => (day.p90 > most.p90 ? day : most), first);
  return {
    // A hair above a whole number is rounding, not a build.
    executors: Math.ceil(worst.p90 - 1e-9),
    date: worst.date,
    peak: worst.peak,
    queueing: Math.max(...days.map(({ queueing }) => queueing)),
  };
}

/** How much more work there will be on a day than at first: P50 of the 28 days up to it, over the first 28. 1 at least. */
export function growthUntil(needs: readonly DemandPoint[], until: string): number {
  const days = needs.filter(({ date }) => date <= until);
  const mean = (of: readonly DemandPoint[]) => of.reduce((sum, { p50 }) => sum + p50, 0) / Math.max(1, of.length);
  const atFirst = mean(days.slice(0, 28));
  return atFirst === 0 ? 1 : Math.max(1, mean(days.slice(-28)) / atFirst);
}
