import { mulberry32 } from '../seeded-random';

/** Growth of one period as a distribution: shares, so 0.0492 is 4.92 %. */
export interface PeriodGrowth {
  /** As likely exceeded as not. */
  readonly p50: number;
  /** Exceeded one time in ten. */
  readonly p90: number;
}

/** What simulating may be told. */
export interface PathOptions {
  readonly periods: number;
  /** @default 20000: another seed then moves the P90's factor by some 0.001 */
  readonly paths?: number;
  /** @default 20191023 */
  readonly seed?: number;
}

/** Factors that demand has grown by at the end of the simulated paths. */
export interface SimulatedGrowth {
  readonly p50: number;
  readonly p90: number;
}

/** Looked up once: where globals are watched, as in tests, each use of `Math` is slow. */
const { cos, exp, log, PI, sqrt } = Math;

/** 90 % quantile of the standard normal distribution. */
export const Z90 = 1.2815515655446004;

/**
 * Where demand is after some periods that each grow by chance: the median and the 90 % quantile over simulated paths.
 *
 * Assumed: the factor of a period is log-normal, since demand is multiplied and never negative, with the median and P90
 * given; and periods are independent of each other. The P90 of the product is then well below the product of P90s, which
 * would need nine bad periods in a row. Were periods to move together, it would come near it.
 */
export function simulateGrowth(growth: PeriodGrowth, { periods, paths = 20_000, seed = 20191023 }: PathOptions) {
  const middle = Math.log1p(growth.p50);
  const spread = (Math.log1p(growth.p90) - middle) / Z90;
  const uniform = mulberry32(seed);
  const ends = new Float64Array(paths);
  for (let path = 0; path < paths; path++) {
    let logarithm = 0;
    for (let period = 0; period < periods; period++) {
      const normal = sqrt(-2 * log(1 - uniform())) * cos(2 * PI * uniform());
      logarithm += middle + spread * normal;
    }
    ends[path] = exp(logarithm);
  }
  ends.sort();
  const quantile = (fraction: number) => ends[Math.ceil(fraction * paths) - 1] ?? 1;
  return { p50: quantile(0.5), p90: quantile(0.9) } satisfies SimulatedGrowth;
}
