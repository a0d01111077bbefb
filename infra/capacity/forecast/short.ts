import { type Continued, orderedQuantiles } from './continued';
import { LEVELS } from './loss';
import { WEEK } from './models/model';
import { weekdayRegression } from './models/weekday-regression';
import { normalQuantile, studentWidening } from './normal';
import type { ForecastWarning } from './types';

/** Fewest days that show a week: each weekday twice. */
export const LEAST_WEEKLY_DAYS = 2 * WEEK;

/** Variance is never taken for more than this many times the first day's: a band beyond that says nothing more. */
const MOST_GROWTH = 4;

const weekdayLevel = weekdayRegression({ halfLife: 28, trend: false });

/** What is expected of each of the next seven days, on the log scale. */
function patternOf(logs: readonly number[]): { pattern: number[]; parameters: number } {
  if (logs.length >= LEAST_WEEKLY_DAYS) {
    return { pattern: weekdayLevel.predict(logs, WEEK), parameters: WEEK };
  }
  const mean = logs.reduce((sum, value) => sum + value, 0) / logs.length;
  return { pattern: new Array<number>(WEEK).fill(mean), parameters: 1 };
}

function warningOf(days: number): ForecastWarning {
  return days >= LEAST_WEEKLY_DAYS
    ? {
        code: 'forecast-short',
        message: `${days} days are fewer than the 49 the full method learns from: weekdays and spread are estimated, no trend is; growth of the P90 is doubt growing with time`,
      }
    : {
        code: 'forecast-very-short',
        message: `${days} days are fewer than the 14 that show a week: the forecast is their level with a wide band; growth of the P90 is doubt growing with time, and no number to buy machines by`,
      };
}

/**
 * Continues a history too short to learn errors from: the level of each weekday (of all days, below two weeks), and a
 * normal band on the log scale. Its variance grows by as much again in as many days as the history has, to fourfold; it is
 * at least that of a count (Poisson), so that a few equal days do not look certain.
 */
export function forecastShort(values: readonly number[], horizon: number): Continued {
  const logs = values.map(Math.log1p);
  const { pattern, parameters } = patternOf(logs);
  const expected = (day: number) => pattern[(((day - logs.length) % WEEK) + WEEK) % WEEK] ?? 0;
  const squares = logs.reduce((sum, value, day) => sum + (value - expected(day)) ** 2, 0);
  const freedom = Math.max(1, logs.length - parameters);
  const level = logs.reduce((sum, value) => sum + value, 0) / logs.length;
  const variance = Math.max(squares / freedom, Math.exp(-level));
  const days = Array.from({ length: horizon }, (_, ahead) => {
    const spread = Math.sqrt(variance * Math.min(1 + (ahead + 1) / logs.length, MOST_GROWTH));
    const at = (quantile: number) =>
      Math.expm1(
        expected(logs.length + ahead) + normalQuantile(quantile) * studentWidening(quantile, freedom) * spread,
      );
    const [p10, p50, p90] = LEVELS;
    return orderedQuantiles(at(p10), at(p50), at(p90));
  });
  const weekly = parameters === WEEK;
  return {
    days,
    method: `${weekly ? 'level of each weekday' : 'level of all days'}, with a normal band on the log scale, since ${logs.length} days are too few for more`,
    warnings: [warningOf(logs.length)],
  };
}
