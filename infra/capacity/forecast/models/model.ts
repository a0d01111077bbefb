/** Days after which a daily series repeats. */
export const WEEK = 7;

/** A way to continue a series. Pure and deterministic. */
export interface Model {
  readonly name: string;
  /** Fewest values it can be fitted on. */
  readonly leastValues: number;
  /**
   * Continues values without gaps by `horizon` days. Throws when the fit fails on these values; other models may not.
   */
  readonly predict: (values: readonly number[], horizon: number) => number[];
}
