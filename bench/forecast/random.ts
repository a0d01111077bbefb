import { mulberry32 } from '../../infra/capacity/seeded-random';

/** Looked up once: where globals are watched, as in tests, each use of `Math` is slow. */
const { PI, cos, exp, floor, log, max, round, sqrt } = Math;

/** Draws from distributions, reproducibly: the same seed gives the same draws on every machine. */
export interface Random {
  /** Uniform in [low, high). */
  uniform(low?: number, high?: number): number;
  normal(): number;
  /** Whole number with that mean and the negative binomial's variance, mean + mean² ÷ dispersion. */
  count(mean: number, dispersion: number): number;
  exponential(mean: number): number;
  chance(probability: number): boolean;
  pick<T>(values: readonly [T, ...T[]]): T;
}

/** Above this mean a Poisson draw is a rounded normal one: nobody could tell them apart. */
const POISSON_BY_PRODUCT = 30;

/** Random draws from a 32-bit seed, by the mulberry32 generator. */
export function randomFrom(seed: number): Random {
  const draw = mulberry32(seed);
  const uniform = (low = 0, high = 1): number => low + draw() * (high - low);
  const normal = () => sqrt(-2 * log(1 - uniform())) * cos(2 * PI * uniform());
  const poisson = (mean: number): number => {
    if (mean > POISSON_BY_PRODUCT) {
      return max(0, round(mean + sqrt(mean) * normal()));
    }
    const none = exp(-mean);
    let events = -1;
    for (let product = 1; product > none; events++) {
      product *= uniform();
    }
    return max(0, events);
  };
  /** Marsaglia and Tsang's method for shape ≥ 1, boosted below. */
  const gamma = (shape: number): number => {
    if (shape < 1) {
      return gamma(shape + 1) * uniform(Number.EPSILON) ** (1 / shape);
    }
    const d = shape - 1 / 3;
    for (;;) {
      const x = normal();
      const v = (1 + x / sqrt(9 * d)) ** 3;
      if (v > 0 && log(uniform(Number.EPSILON)) < 0.5 * x * x + d - d * v + d * log(v)) {
        return d * v;
      }
    }
  };
  return {
    uniform,
    normal,
    count: (mean, dispersion) => (mean <= 0 ? 0 : poisson((gamma(dispersion) * mean) / dispersion)),
    exponential: (mean) => -mean * log(1 - uniform()),
    chance: (probability) => uniform() < probability,
    pick: ([first, ...rest]) => rest[floor(uniform(0, rest.length + 1)) - 1] ?? first,
  };
}
