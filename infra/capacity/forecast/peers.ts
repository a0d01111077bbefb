import { type Continued, orderedQuantiles, type Quantiles } from './continued';
import { LEVELS } from './loss';
import { type Model, WEEK } from './models/model';
import { predictMstlEts } from './models/mstl-ets';
import { seasonalNaive } from './models/seasonal-naive';
import { normalQuantile } from './normal';

/** A simpler way to forecast, to be measured by. */
export interface Peer {
  readonly name: string;
  readonly leastValues: Model['leastValues'];
  /** Quantiles of the next days. Throws when the fit fails. */
  readonly predict: (values: readonly number[], horizon: number) => Continued['days'];
}

/** Quantiles of a normal distribution with those means and standard deviations. */
export function normalQuantiles(means: readonly number[], deviationOf: (day: number) => number): Quantiles[] {
  const [p10, p50, p90] = LEVELS;
  return means.map((mean, day) => {
    const at = (level: number) => mean + normalQuantile(level) * deviationOf(day);
    return orderedQuantiles(at(p10), at(p50), at(p90));
  });
}

/**
 * Last week again, with the textbook's normal band: the deviation of a week's change, growing with the root of the weeks
 * (Hyndman and Athanasopoulos, Forecasting: Principles and Practice, 3rd ed., 5.5).
 */
export const seasonalNaivePeer: Peer = {
  name: 'seasonal naive',
  leastValues: 2 * WEEK,
  predict: (values, horizon) => {
    const changes = values.slice(WEEK).map((value, day) => value - (values[day] ?? value));
    const deviation = Math.sqrt(changes.reduce((sum, change) => sum + change ** 2, 0) / changes.length);
    const means = seasonalNaive.predict(values, horizon);
    return normalQuantiles(means, (day) => deviation * Math.sqrt(Math.floor(day / WEEK) + 1));
  },
};

/** Exponential smoothing with a weekly season and its library's own 80 % interval, whose ends are P10 and P90. */
export const exponentialSmoothingPeer: Peer = {
  name: 'exponential smoothing',
  leastValues: 4 * WEEK,
  predict: (values, horizon) => {
    const { lower, point, upper } = predictMstlEts(values, horizon);
    return point.map((p50, day) => orderedQuantiles(lower[day] ?? Number.NaN, p50, upper[day] ?? Number.NaN));
  },
};
