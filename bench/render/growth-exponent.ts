/** A size and what it took. */
export interface Point {
  readonly size: number;
  readonly value: number;
}

/**
 * The exponent e of value ~ sizeᵉ: the slope of the least-squares line through the points' logarithms. 1 is linear. Throws
 * on fewer than two sizes.
 */
export function growthExponent(points: readonly Point[]): number {
  const logs = points.map(({ size, value }) => [Math.log(size), Math.log(value)] as const);
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const meanX = mean(logs.map(([x]) => x));
  const meanY = mean(logs.map(([, y]) => y));
  const spread = mean(logs.map(([x]) => (x - meanX) ** 2));
  if (!(spread > 0))
    throw new Error(`a growth needs two sizes, got ${points.map(({ size }) => size).join(', ') || 'none'}`);
  return mean(logs.map(([x, y]) => (x - meanX) * (y - meanY))) / spread;
}
