import { probit } from 'simple-statistics';

/** The standard normal's quantile at a level, accurate to a ten-thousandth. */
export const normalQuantile = (level: number): number => (level === 0.5 ? 0 : probit(level));

/**
 * How much farther out Student's t has its quantile than the normal, for that many degrees of freedom: the first term of
 * the Cornish-Fisher expansion, 1 + (z² + 1) ÷ 4·df.
 */
export function studentWidening(level: number, degreesOfFreedom: number): number {
  return 1 + (normalQuantile(level) ** 2 + 1) / (4 * Math.max(1, degreesOfFreedom));
}
