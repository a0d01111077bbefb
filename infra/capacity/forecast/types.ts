/** One day of a series. */
export interface DayValue {
  /** YYYY-MM-DD. */
  readonly date: string;
  /** What was seen that day, such as the daily maximum of concurrent builds; null: nothing is known of that day. */
  readonly value: number | null;
}

/** Something a reader must know about a result that was computed all the same. */
export interface ForecastWarning {
  readonly code:
    | 'forecast-gaps'
    | 'forecast-short'
    | 'forecast-very-short'
    | 'forecast-constant'
    | 'forecast-zeros'
    | 'forecast-far'
    | 'forecast-no-base'
    | 'forecast-model-failed'
    | 'backtest-short';
  /** One line for people: what, the value, what it means. */
  readonly message: string;
}

/** The forecast of one day, in the series' unit: with 10, 50 and 90 % probability the day's value is at most that. */
export interface ForecastPoint {
  readonly date: string;
  readonly p10: number;
  readonly p50: number;
  readonly p90: number;
}

/** The straight line along the P90 forecast, by least squares, as the 2019 proposal drew it. */
export interface Trend {
  /** Value of the line on the first forecast day. */
  readonly intercept: number;
  readonly slopePerDay: number;
  /**
   * Growth between two points of the line 28 days apart, the first of them the first forecast day: ratio − 1. NaN, with the
   * warning `forecast-no-base`, when the line begins at 0 or less.
   */
  readonly coefficient28: number;
}

/** What is to be expected of a daily series. */
export interface Forecast {
  /** One point a day, from the day after the series' last; `horizonDays` of them. */
  readonly points: readonly ForecastPoint[];
  readonly trend: Trend;
  /** How it was computed, in words for the report. */
  readonly method: string;
  readonly warnings: readonly ForecastWarning[];
}

/** What a forecast may be told. */
export interface ForecastOptions {
  /** Days to forecast: 1 to 400. */
  readonly horizonDays: number;
}

/** Losses of one model over all back-test days. */
export interface BacktestRow {
  /** `ours`, `seasonal naive`, `exponential smoothing`. */
  readonly model: string;
  /** Weighted quantile loss: 2 · Σ pinball ÷ Σ |seen|; less is better. */
  readonly wql10: number;
  readonly wql50: number;
  readonly wql90: number;
  /** Share of days that came out at or below the P90 forecast: 0.9 is right. */
  readonly coverage90: number;
}

/** How the forecast would have done on the series' own past, beside simpler ones. */
export interface Backtest {
  /** Ours first. Empty when the series is too short to be tested on. */
  readonly rows: readonly BacktestRow[];
  /** One or more plain sentences: better or worse than which peer, by how much; and whether coverage is off. */
  readonly verdict: string;
  /** Days forecast from each origin, and how many origins. */
  readonly horizonDays: number;
  readonly origins: number;
  readonly warnings: readonly ForecastWarning[];
}

/** What a back-test may be told. */
export interface BacktestOptions {
  /** Days forecast from each origin; default 28. */
  readonly horizonDays?: number;
  /** Rolling origins, `horizonDays` apart; default: as many as fit, at most 6. */
  readonly origins?: number;
}
