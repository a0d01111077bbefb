/** The quantiles that are forecast. */
export const LEVELS = [0.1, 0.5, 0.9] as const;

/** Pinball loss of forecasting `forecast` as the `level` quantile of what came out as `seen`. */
export function pinball(seen: number, forecast: number, level: number): number {
  return seen >= forecast ? level * (seen - forecast) : (1 - level) * (forecast - seen);
}

/** What was forecast for days at one quantile level, and what came. Same length. */
export interface Outcome {
  readonly seen: readonly number[];
  readonly forecast: readonly number[];
}

/**
 * Weighted quantile loss, 2 · Σ pinball ÷ Σ |seen|, as AWS Forecast defines it: 0.1 at P50 is a mean error of 10 % of
 * the mean. NaN when everything seen is 0, for there is nothing to weigh by.
 */
export function weightedQuantileLoss({ seen, forecast }: Outcome, level: number): number {
  const loss = seen.reduce((sum, value, day) => sum + pinball(value, forecast[day] ?? Number.NaN, level), 0);
  const weight = seen.reduce((sum, value) => sum + Math.abs(value), 0);
  return weight === 0 ? Number.NaN : (2 * loss) / weight;
}

/** Share of days on which no more was seen than forecast. NaN for no days. */
export function coverage({ seen, forecast }: Outcome): number {
  return seen.filter((value, day) => value <= (forecast[day] ?? Number.NaN)).length / seen.length;
}

/** One value and how much it counts. */
export interface Weighted {
  readonly value: number;
  readonly weight: number;
}

/**
 * The `level` quantile of weighted values, between neighbours by the middle of their weight. NaN for none.
 */
export function weightedQuantile(sample: readonly Weighted[], level: number): number {
  const sorted = [...sample].sort((a, b) => a.value - b.value);
  const total = sorted.reduce((sum, { weight }) => sum + weight, 0);
  let below = 0;
  let previous: { value: number; rank: number } | undefined;
  for (const { value, weight } of sorted) {
    const rank = (below + weight / 2) / total;
    if (rank >= level) {
      const share = previous === undefined ? 1 : (level - previous.rank) / (rank - previous.rank);
      return previous === undefined ? value : previous.value + share * (value - previous.value);
    }
    below += weight;
    previous = { value, rank };
  }
  return previous?.value ?? Number.NaN;
}
