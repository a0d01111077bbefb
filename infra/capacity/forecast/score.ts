import type { Continued } from './continued';
import { coverage, LEVELS, weightedQuantileLoss } from './loss';
import type { BacktestRow } from './types';

/** What was forecast from one day, and what came. */
export interface Trial {
  readonly days: Continued['days'];
  /** NaN: not known, not judged. At most as many as `days`. */
  readonly seen: readonly number[];
}

/** Losses and P90 coverage of a model over all days of its trials. Losses are NaN when all that came is 0. */
export function scoreTrials(model: string, trials: readonly Trial[]): BacktestRow {
  const judged = trials.flatMap(({ days, seen }) =>
    seen.flatMap((value, day) => (Number.isNaN(value) ? [] : [{ value, quantiles: days[day] }])),
  );
  const seen = judged.map(({ value }) => value);
  const at = (index: 0 | 1 | 2) => ({
    seen,
    forecast: judged.map(({ quantiles }) => quantiles?.[index] ?? Number.NaN),
  });
  return {
    model,
    wql10: weightedQuantileLoss(at(0), LEVELS[0]),
    wql50: weightedQuantileLoss(at(1), LEVELS[1]),
    wql90: weightedQuantileLoss(at(2), LEVELS[2]),
    coverage90: coverage(at(2)),
  };
}
