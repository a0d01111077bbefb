import { linearRegression, mean } from 'simple-statistics';
import { WEEK } from './models/model';
import type { ForecastPoint, Trend } from './types';

/** Days between the two points the 2019 proposal measured growth by. */
export const GROWTH_PERIOD_DAYS = 28;

/** Growth from one value to a later one: ratio − 1. 0 from 0 to 0; NaN from 0 or less to anything else: no ratio. */
export function growthCoefficient(first: number, later: number): number {
  if (first > 0) {
    return later / first - 1;
  }
  return first === 0 && later === 0 ? 0 : Number.NaN;
}

/** Fewest days whose weekly means show a line: two whole weeks. */
const LEAST_DAYS = 14;

/**
 * What the line is drawn through: the mean of each seven days in a row, at their middle. A line through the days
 * themselves would tilt with the weekday the forecast happens to begin on: by −5 % in 28 days for eight weeks from a Monday.
 */
function weeklyMeans(values: readonly number[]): [day: number, value: number][] {
  if (values.length < LEAST_DAYS) {
    return values.map((value, day) => [day, value]);
  }
  return values.slice(WEEK - 1).map((_, start) => [start + (WEEK - 1) / 2, mean(values.slice(start, start + WEEK))]);
}

/**
 * The straight line along the P90 forecast by least squares, and the growth between its points on the first day and 28
 * days later, as the proposal measured 0.0492 between Oct 23 and Nov 20.
 */
export function trendAlongP90(points: readonly Pick<ForecastPoint, 'p90'>[]): Trend {
  const { m: slopePerDay, b: intercept } = linearRegression(weeklyMeans(points.map(({ p90 }) => p90)));
  const coefficient28 = growthCoefficient(intercept, intercept + GROWTH_PERIOD_DAYS * slopePerDay);
  return { intercept, slopePerDay, coefficient28 };
}
