import { LEVELS, pinball, type Weighted, weightedQuantile } from './loss';
import type { Model } from './models/model';
import { WEEK } from './models/model';
import { studentWidening } from './normal';
import type { Scale } from './scale';

/** A forecast made in the past beside what came, both on the model's scale. */
export interface Residual {
  /** Days ahead, from 1. */
  readonly ahead: number;
  readonly predicted: number;
  readonly seen: number;
  /** How much it counts: half after HALF_LIFE_WEEKS. */
  readonly weight: number;
}

/** Forecasts are tried from this many past days, at most two weeks apart. */
const ORIGINS = 13;
/** Weeks after which an old error counts half. */
const HALF_LIFE_WEEKS = 10;
/** The shape of errors is taken from this near future; how they grow, from all that is known. */
const NEAR_DAYS = 28;
/** Share of a past bias believed to last. Tuned. */
const BIAS_KEPT = 0.5;
/** Fewest origins from which errors are learned. */
export const LEAST_ORIGINS = 3;

/** Days before the last from which forecasts are tried, nearest first: as many as leave enough to fit on. */
export function pastOrigins(length: number, leastValues: number): number[] {
  const room = Math.floor((length - leastValues) / WEEK);
  const step = room >= 2 * ORIGINS ? 2 : 1;
  const count = Math.min(Math.floor(room / step), ORIGINS);
  return Array.from({ length: Math.max(0, count) }, (_, n) => (n + 1) * step * WEEK);
}

/** Forecasts the known past from each origin with only what came before it. Throws when the model does. */
export function pastResiduals(model: Model, values: readonly number[], origins: readonly number[]): Residual[] {
  return origins.flatMap((back) => {
    const start = values.length - back;
    const weight = 0.5 ** (back / WEEK / HALF_LIFE_WEEKS);
    return model
      .predict(values.slice(0, start), back)
      .map((predicted, day) => ({ ahead: day + 1, predicted, seen: values[start + day] ?? Number.NaN, weight }));
  });
}

/** What to add to a model's forecast to make it a quantile, and how good that would have been. */
export interface Calibration {
  /** Offset on the model's scale for a level, so many days ahead. */
  readonly offset: (level: number, ahead: number) => number;
  /** Mean pinball loss over the past at a level, in the series' own unit. */
  readonly loss: (level: number) => number;
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

/**
 * Variance at day 1 and its growth a day, by weighted least squares of squared errors; growth is never negative, and ends
 * with the farthest day that was tried: on a log scale, what is only extrapolated would soon be thousands.
 */
function fitSpread(near: readonly Residual[], all: readonly Residual[]): (ahead: number) => number {
  const square = ({ seen, predicted }: Residual) => (seen - predicted) ** 2;
  const total = sum(all.map(({ weight }) => weight));
  const meanAhead = sum(all.map(({ weight, ahead }) => weight * ahead)) / total;
  const meanSquare = sum(all.map((residual) => residual.weight * square(residual))) / total;
  const covariance = sum(all.map((one) => one.weight * (one.ahead - meanAhead) * (square(one) - meanSquare)));
  const variance = sum(all.map(({ weight, ahead }) => weight * (ahead - meanAhead) ** 2));
  const growth = Math.max(0, variance === 0 ? 0 : covariance / variance);
  const nearTotal = sum(near.map(({ weight }) => weight));
  const nearSquare = sum(near.map((one) => one.weight * (square(one) - growth * (one.ahead - 1)))) / nearTotal;
  const start = Math.max(nearSquare, 1e-6);
  const farthest = all.reduce((most, { ahead }) => Math.max(most, ahead), 1);
  return (ahead) => Math.sqrt(start + growth * (Math.min(ahead, farthest) - 1));
}

/**
 * Learns from past errors what separates a model's forecast from the P10, P50 and P90: the errors' quantiles, each error
 * divided by how wide errors are so many days ahead; widened as Student's t is for so few origins, and times that width
 * again. Split conformal prediction in spirit; but days in a row are not exchangeable, so coverage is measured, not proven.
 */
export function calibrate(residuals: readonly Residual[], origins: number, scale: Scale): Calibration {
  const near = residuals.filter(({ ahead }) => ahead <= NEAR_DAYS);
  const spread = fitSpread(near, residuals);
  const errors: Weighted[] = near.map(({ seen, predicted, ahead, weight }) => ({
    value: (seen - predicted) / spread(ahead),
    weight,
  }));
  const median = weightedQuantile(errors, 0.5);
  const quantiles = new Map<number, number>(
    LEVELS.map((level) => [
      level,
      BIAS_KEPT * median + studentWidening(level, origins - 1) * (weightedQuantile(errors, level) - median),
    ]),
  );
  const offset = (level: number, ahead: number) => (quantiles.get(level) ?? Number.NaN) * spread(ahead);
  const loss = (level: number) =>
    sum(
      near.map(({ seen, predicted, ahead, weight }) => {
        return weight * pinball(scale.from(seen), scale.from(predicted + offset(level, ahead)), level);
      }),
    ) / sum(near.map(({ weight }) => weight));
  return { offset, loss };
}
