import { calibrate, LEAST_ORIGINS, pastOrigins, pastResiduals } from './calibrate';
import { type Continued, orderedQuantiles } from './continued';
import { LEVELS } from './loss';
import { boundLibrary } from './models/bound-library';
import type { Model } from './models/model';
import { mstlEts } from './models/mstl-ets';
import { sarima } from './models/sarima';
import { weekdayRegression } from './models/weekday-regression';
import { LOG_SCALE, PLAIN_SCALE, type Scale } from './scale';
import type { ForecastWarning } from './types';

/** How much better models count more: weight is 1 ÷ loss to this power. Tuned. */
const POWER = 4;

/** A model and the scale it is fitted on. */
interface Member {
  readonly model: Model;
  readonly scale: Scale;
}

/** Who is asked: short and long memories, with and without trend, growing by builds and growing by shares. */
const MEMBERS: readonly Member[] = [
  { model: boundLibrary(mstlEts), scale: PLAIN_SCALE },
  { model: boundLibrary(sarima), scale: PLAIN_SCALE },
  { model: weekdayRegression({ halfLife: 28, trend: false }), scale: LOG_SCALE },
  { model: weekdayRegression({ halfLife: 112, trend: false }), scale: LOG_SCALE },
  { model: weekdayRegression({ halfLife: 84, trend: true }), scale: LOG_SCALE },
  { model: weekdayRegression({ halfLife: 336, trend: true }), scale: LOG_SCALE },
];

/** Values the most demanding model needs. */
const LEAST_VALUES = Math.max(...MEMBERS.map(({ model }) => model.leastValues));

interface Opinion {
  readonly name: string;
  readonly quantile: (level: number, day: number) => number;
  readonly loss: (level: number) => number;
}

/** A forecast that leaves all that was ever seen by more than this factor is a fit gone wrong. */
const WILD = 20;

function ask(
  { model, scale }: Member,
  values: readonly number[],
  origins: readonly number[],
  horizon: number,
): Opinion {
  const scaled = values.map(scale.to);
  const { offset, loss } = calibrate(pastResiduals(model, scaled, origins), origins.length, scale);
  const predicted = model.predict(scaled, horizon);
  const bound = WILD * (1 + Math.max(...values));
  if (
    !predicted.every((value) => scale.from(value) < bound) ||
    !LEVELS.every((level) => Number.isFinite(loss(level)))
  ) {
    throw new Error('its forecast grows beyond all bounds');
  }
  const quantile = (level: number, day: number) => scale.from((predicted[day] ?? Number.NaN) + offset(level, day + 1));
  return { name: model.name, quantile, loss };
}

/** Whether the past is long enough to learn the models' errors from: 7 weeks. */
export const isLongEnough = (days: number): boolean => pastOrigins(days, LEAST_VALUES).length >= LEAST_ORIGINS;

/** Each opinion's weight at a level; they add up to 1. */
function sharesAt(level: number, opinions: readonly Opinion[]): number[] {
  const raw = opinions.map(({ loss }) => Math.max(loss(level), 1e-9) ** -POWER);
  const total = raw.reduce((sum, share) => sum + share, 0);
  return raw.map((share) => share / total);
}

/**
 * Forecasts by several models, each calibrated on its own past errors, and averages their quantiles (not their
 * densities: an average of quantiles stays as sharp as its parts), a model's weight at a level being its past loss there
 * to the power −4. Values are the series' own, none negative, none missing, `isLongEnough`. A model that fails is left
 * out with a warning; throws when none is left.
 */
export function forecastByEnsemble(values: readonly number[], horizon: number): Continued {
  const origins = pastOrigins(values.length, LEAST_VALUES);
  const warnings: ForecastWarning[] = [];
  const opinions = MEMBERS.flatMap((member) => {
    try {
      return [ask(member, values, origins, horizon)];
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      warnings.push({ code: 'forecast-model-failed', message: `${member.model.name} was left out: ${reason}` });
      return [];
    }
  });
  if (opinions.length === 0) {
    throw new Error(`no model fits these ${values.length} days: ${warnings.map(({ message }) => message).join('; ')}`);
  }
  const quantile = (level: number) => {
    const shares = sharesAt(level, opinions);
    return (day: number) =>
      opinions.reduce((sum, opinion, n) => sum + (shares[n] ?? 0) * opinion.quantile(level, day), 0);
  };
  const [p10, p50, p90] = [quantile(LEVELS[0]), quantile(LEVELS[1]), quantile(LEVELS[2])];
  return {
    days: Array.from({ length: horizon }, (_, day) => orderedQuantiles(p10(day), p50(day), p90(day))),
    method: `weighted average of the quantiles of ${opinions.length} models (${opinions.map(({ name }) => name).join('; ')}), each calibrated on its own errors in forecasts from ${origins.length} past days`,
    warnings,
  };
}
