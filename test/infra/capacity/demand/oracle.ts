import type { Build } from '../../../../infra/capacity/builds/types';

/** Demand counted the slow way: quarter of an hour by quarter of an hour. Builds' times must be whole quarters. */
export interface OracleDay {
  readonly date: string;
  readonly hours: number;
  readonly maximum: number;
  readonly median: number;
}

export const QUARTER_MS = 15 * 60_000;

/** Days of a zone from the one of the first start to the one of the last end, by `Intl` and not by Temporal. */
export function oracleDays(
  builds: readonly Build[],
  timeZone: string,
  weight: (build: Build) => number = () => 1,
): OracleDay[] {
  const dateOf = localDate(timeZone);
  const firstMs = Math.min(...builds.map(({ startMs }) => startMs));
  const lastMs = Math.max(...builds.map(({ endMs }) => endMs), firstMs + QUARTER_MS);
  const [first, last] = [dateOf(firstMs), dateOf(lastMs - 1)];
  const levels = new Map<string, number[]>();
  for (let ms = firstMs - 30 * 3_600_000; ms < lastMs + 30 * 3_600_000; ms += QUARTER_MS) {
    const date = dateOf(ms);
    if (date < first || date > last) continue;
    const running = builds.filter(({ startMs, endMs }) => startMs <= ms && ms < endMs);
    const level = running.reduce((sum, build) => sum + weight(build), 0);
    levels.set(date, [...(levels.get(date) ?? []), level]);
  }
  return [...levels].map(([date, values]) => {
    const sorted = [...values].sort((a, b) => a - b);
    return {
      date,
      hours: (values.length * QUARTER_MS) / 3_600_000,
      maximum: sorted.at(-1) ?? Number.NaN,
      median: sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN,
    };
  });
}

function localDate(timeZone: string): (ms: number) => string {
  const format = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
  return (ms) => format.format(ms);
}
