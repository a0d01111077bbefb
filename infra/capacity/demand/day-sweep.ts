import type { LocalDay } from './local-days';
import { type DayFigures, StepFunction } from './step-function';

/** What is measured of a series, in the order of a `MeasuredDay`. */
export const MEASURES = ['concurrency', 'cpu', 'memory'] as const;
export type Measure = (typeof MEASURES)[number];

/** One day of one series: builds, thousandths of a core, bytes. */
export type MeasuredDay = Readonly<Record<Measure, DayFigures>>;

/** A series as it is swept. */
class Sweeping {
  readonly #functions: Readonly<Record<Measure, StepFunction>>;
  readonly days: MeasuredDay[] = [];

  constructor(startMs: number) {
    const [concurrency, cpu, memory] = [
      new StepFunction(startMs),
      new StepFunction(startMs),
      new StepFunction(startMs),
    ];
    this.#functions = { concurrency, cpu, memory };
  }

  add(ms: number, sign: 1 | -1, milliCores: number, bytes: number): void {
    const { concurrency, cpu, memory } = this.#functions;
    concurrency.add(ms, sign);
    if (milliCores !== 0) cpu.add(ms, sign * milliCores);
    if (bytes !== 0) memory.add(ms, sign * bytes);
  }

  endDay(endMs: number): void {
    const { concurrency, cpu, memory } = this.#functions;
    this.days.push({ concurrency: concurrency.endDay(endMs), cpu: cpu.endDay(endMs), memory: memory.endDay(endMs) });
  }
}

/**
 * Goes through starts and ends in order of time and keeps, for all builds and for each pool, what each day was like.
 * Exact: nothing is sampled, every stretch of time between two events counts by its length.
 */
export class DaySweep {
  /** Days that have ended. */
  readonly days: LocalDay[] = [];
  readonly #upcoming: Iterator<LocalDay, never>;
  readonly #whole: Sweeping;
  readonly #pools: readonly Sweeping[];
  #today: LocalDay;

  constructor(days: Iterator<LocalDay, never>, pools: number) {
    this.#upcoming = days;
    this.#today = days.next().value;
    const { startMs } = this.#today;
    this.#whole = new Sweeping(startMs);
    this.#pools = Array.from({ length: pools }, () => new Sweeping(startMs));
  }

  /** Days of all builds, in the order of `days`. */
  get whole(): readonly MeasuredDay[] {
    return this.#whole.days;
  }

  /** The same by pool's index. */
  get pools(): readonly (readonly MeasuredDay[])[] {
    return this.#pools.map(({ days }) => days);
  }

  /** Takes the next event, as an `EventTaker`. */
  take(ms: number, signedPool: number, milliCores: number, bytes: number): void {
    while (ms >= this.#today.endMs) this.#endDay();
    const sign = signedPool > 0 ? 1 : -1;
    this.#whole.add(ms, sign, milliCores, bytes);
    // The sweep has no series for builds without a pool.
    this.#pools[Math.abs(signedPool) - 1]?.add(ms, sign, milliCores, bytes);
  }

  /** Ends the days up to a moment; one that begins then does not count. */
  finish(endMs: number): void {
    while (this.#today.startMs < endMs) this.#endDay();
  }

  #endDay(): void {
    const { endMs } = this.#today;
    for (const series of [this.#whole, ...this.#pools]) series.endDay(endMs);
    this.days.push(this.#today);
    this.#today = this.#upcoming.next().value;
  }
}
