/** The scale a model is fitted on. */
export interface Scale {
  readonly to: (value: number) => number;
  /** Back again; never below 0. */
  readonly from: (scaled: number) => number;
}

/** The series' own unit: growth is so many builds a day. */
export const PLAIN_SCALE: Scale = { to: (value) => value, from: (scaled) => Math.max(0, scaled) };

/** log(1 + value): weekdays and growth are shares, and 0 is a value like any other. */
export const LOG_SCALE: Scale = { to: Math.log1p, from: (scaled) => Math.max(0, Math.expm1(scaled)) };
