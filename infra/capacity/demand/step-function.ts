/** What a quantity that changes in steps did on one day. */
export interface DayFigures {
  readonly maximum: number;
  readonly median: number;
}

/**
 * A quantity that changes in steps, and how long it had each value within the day that is running. Values are whole
 * (builds, thousandths of a core, bytes), so sums are exact in any order.
 */
export class StepFunction {
  level = 0;
  #sinceMs: number;
  /** Milliseconds at each value. */
  #time = new Map<number, number>();

  constructor(startMs: number) {
    this.#sinceMs = startMs;
  }

  /** Adds to the value at a moment not before the last one. A value held for no time counts for nothing. */
  add(atMs: number, change: number): void {
    if (atMs > this.#sinceMs) this.#hold(atMs);
    this.level += change;
  }

  /** Ends the day at a moment, and begins the next. */
  endDay(endMs: number): DayFigures {
    if (endMs > this.#sinceMs) this.#hold(endMs);
    const values = Float64Array.from(this.#time.keys()).sort();
    let total = 0;
    for (const time of this.#time.values()) total += time;
    let median = 0;
    for (let at = 0, passed = 0; passed * 2 < total; at++) {
      median = values[at] ?? 0;
      passed += this.#time.get(median) ?? 0;
    }
    this.#time = new Map();
    return { maximum: values.at(-1) ?? 0, median };
  }

  #hold(untilMs: number): void {
    this.#time.set(this.level, (this.#time.get(this.level) ?? 0) + untilMs - this.#sinceMs);
    this.#sinceMs = untilMs;
  }
}
