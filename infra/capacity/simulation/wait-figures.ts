import type { WaitFigures } from './types';

/** Bounds that waits are counted against, in seconds. */
export interface WaitBounds {
  readonly goodWaitSeconds: number;
  readonly starvedAfterSeconds: number;
}

/** Figures of waits in any order; sorts them where they are. All zero when there are none. */
export function waitFigures(waits: Float64Array, { goodWaitSeconds, starvedAfterSeconds }: WaitBounds): WaitFigures {
  waits.sort();
  const builds = waits.length;
  return {
    builds,
    p50: quantile(waits, 0.5),
    p95: quantile(waits, 0.95),
    p99: quantile(waits, 0.99),
    longest: waits[builds - 1] ?? 0,
    good: builds === 0 ? 1 : notAbove(waits, goodWaitSeconds) / builds,
    starved: builds - notAbove(waits, starvedAfterSeconds),
  };
}

/** Nearest rank: the least value that so large a share is not above. */
export function quantile(sorted: Float64Array, share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}

/** How many values of a sorted list are not above a bound. */
function notAbove(sorted: Float64Array, bound: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) <= bound) low = middle + 1;
    else high = middle;
  }
  return low;
}
