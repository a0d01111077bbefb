import type { ForecastWarning } from './types';

/** One day's quantiles, in the order of LEVELS. */
export type Quantiles = readonly [p10: number, p50: number, p90: number];

/** How a series goes on, before it is given dates. */
export interface Continued {
  /** One entry a day ahead; each in ascending order, none below 0. */
  readonly days: readonly Quantiles[];
  /** How it was computed, in words. */
  readonly method: string;
  readonly warnings: readonly ForecastWarning[];
}

/** Three quantiles in their order and from 0 up, whatever rounding or averaging did to them. */
export function orderedQuantiles(p10: number, p50: number, p90: number): Quantiles {
  const [low = 0, middle = 0, high = 0] = [p10, p50, p90].map((value) => Math.max(0, value)).sort((a, b) => a - b);
  return [low, middle, high];
}
