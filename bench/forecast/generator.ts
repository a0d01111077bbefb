import { type Random, randomFrom } from './random';

/** Looked up once: where globals are watched, as in tests, each use of `Math` is slow. */
const { exp, floor, log, max, min, round } = Math;

/**
 * The frozen generator of daily series for `forecast.loss`. FROZEN: a change here makes earlier figures incomparable, so a
 * unit test holds a digest of what it writes. docs/reference/forecast.md says in words what each family is and how seeds are split.
 */

/** One generated series. */
export interface GeneratedSeries {
  readonly name: string;
  /** First day, YYYY-MM-DD. */
  readonly start: string;
  /** Daily maxima of concurrent builds, whole numbers. */
  readonly values: readonly number[];
}

/** Kinds of history a CI system has. */
export const FAMILIES = [
  'steady',
  'growing',
  'bursty',
  'shifting',
  'holidays',
  'small',
  'queue',
  'drifting',
  'everything',
] as const;
export type Family = (typeof FAMILIES)[number];

/** What a day of a family is expected to be, before noise; all of it drawn once per series. */
interface Shape {
  readonly level: number;
  /** Growth over a year as a share of the level, along a line. */
  readonly yearlyGrowth: number;
  readonly week: readonly number[];
  readonly dispersion: number;
  readonly burstChance: number;
  readonly burstSize: number;
  readonly shifts: readonly { readonly day: number; readonly factor: number }[];
  readonly holidays: boolean;
  /** Standard deviation of the daily step of a random walk of the log level. */
  readonly drift: number;
  /** How far, by the last day, weekends have come up to weekdays: 0 to 1. */
  readonly weekendCatchUp: number;
}

const DAY_MS = 86_400_000;
/** From the 2019 proposal's 136 days of history to two years; the last days are what is forecast. */
const LENGTHS = [164, 220, 393, 560, 758] as const;

function weekOf(random: Random): number[] {
  const weekend = random.uniform(0.3, 0.85);
  return [0, 1, 2, 3, 4, 5, 6].map((day) => (day < 5 ? 1 : weekend) * exp(0.07 * random.normal()));
}

function shapeOf(family: Family, days: number, random: Random): Shape {
  const all = family === 'everything';
  const has = (name: Family) => all || family === name;
  const shifts = Array.from({ length: has('shifting') ? 1 + floor(random.uniform(0, 3)) : 0 }, () => ({
    day: floor(random.uniform(0.15, 1) * days),
    factor: random.chance(0.6) ? random.uniform(1.15, 1.6) : random.uniform(0.6, 0.87),
  }));
  return {
    level: family === 'small' ? random.uniform(1.5, 8) : exp(random.uniform(log(15), log(300))),
    yearlyGrowth: family === 'growing' ? random.uniform(0.5, 1.5) : random.uniform(-0.15, 0.6),
    week: weekOf(random),
    dispersion: random.uniform(15, 80),
    burstChance: has('bursty') ? random.uniform(0.03, 0.12) : 0,
    burstSize: random.uniform(0.3, 1),
    shifts,
    holidays: has('holidays'),
    drift: has('drifting') ? random.uniform(0.01, 0.035) : 0,
    weekendCatchUp: family === 'drifting' ? random.uniform(0, 0.8) : 0,
  };
}

/** Days off that people everywhere take, and the slow weeks round them. */
function holidayFactor(date: Date): number {
  const month = date.getUTCMonth() + 1;
  const day = date.getUTCDate();
  if ((month === 12 && day >= 24) || (month === 1 && day <= 1)) {
    return 0.35;
  }
  if (month === 11 && date.getUTCDay() >= 4 && date.getUTCDay() <= 5 && day >= 22 && day <= 29) {
    return 0.55;
  }
  return (month === 5 && day === 1) || (month === 12 && day >= 20) ? 0.7 : month === 8 ? 0.88 : 1;
}

function drawDays(shape: Shape, start: Date, days: number, random: Random): number[] {
  let walk = 0;
  let burst = 0;
  return Array.from({ length: days }, (_, day) => {
    const date = new Date(start.getTime() + day * DAY_MS);
    walk += shape.drift * random.normal();
    burst = random.chance(shape.burstChance) ? burst + random.exponential(shape.burstSize) : 0.55 * burst;
    const weekday = (date.getUTCDay() + 6) % 7;
    const profile = shape.week[weekday] ?? 1;
    const catchUp = weekday < 5 ? 0 : shape.weekendCatchUp * (day / days) * (1 - profile);
    const shift = shape.shifts.reduce((factor, at) => (day >= at.day ? factor * at.factor : factor), 1);
    const mean =
      shape.level *
      (1 + (shape.yearlyGrowth * day) / 365) *
      (profile + catchUp) *
      shift *
      (1 + burst) *
      (shape.holidays ? holidayFactor(date) : 1) *
      exp(walk);
    return random.count(mean, shape.dispersion);
  });
}

const MINUTES = 1440;

/** Daily maximum of concurrent builds, from builds: arrivals that follow office hours, with lognormal durations. */
function drawQueue(shape: Shape, start: Date, days: number, random: Random): number[] {
  const meanMinutes = random.uniform(6, 20);
  const spread = random.uniform(0.6, 1.2);
  const buildsADay = (shape.level * MINUTES) / meanMinutes / 4;
  const changes = new Int32Array((days + 2) * MINUTES);
  for (let day = 0; day < days; day++) {
    const weekday = (new Date(start.getTime() + day * DAY_MS).getUTCDay() + 6) % 7;
    const mean = buildsADay * (1 + (shape.yearlyGrowth * day) / 365) * (shape.week[weekday] ?? 1);
    for (let build = random.count(mean, shape.dispersion); build > 0; build--) {
      const hour = random.chance(0.75) ? 14 + 3.5 * random.normal() : random.uniform(0, 24);
      const begin = day * MINUTES + floor(min(23.99, max(0, hour)) * 60);
      const duration = meanMinutes * exp(spread * random.normal() - (spread * spread) / 2);
      const end = min(changes.length - 1, begin + max(1, round(duration)));
      changes[begin] = (changes[begin] ?? 0) + 1;
      changes[end] = (changes[end] ?? 0) - 1;
    }
  }
  let running = 0;
  return Array.from({ length: days }, (_, day) => {
    let most = 0;
    for (let minute = day * MINUTES; minute < (day + 1) * MINUTES; minute++) {
      running += changes[minute] ?? 0;
      if (running > most) {
        most = running;
      }
    }
    return most;
  });
}

/** The series of a family with that seed. */
export function generate(family: Family, seed: number): GeneratedSeries {
  const random = randomFrom(seed * 1000 + FAMILIES.indexOf(family));
  const days = random.pick(LENGTHS);
  const start = new Date(Date.UTC(2022, 0, 1) + floor(random.uniform(0, 730)) * DAY_MS);
  const shape = shapeOf(family, days, random);
  const values = (family === 'queue' ? drawQueue : drawDays)(shape, start, days, random);
  return { name: `${family}-${seed}`, start: start.toISOString().slice(0, 10), values };
}

/** Seeds the method was tuned on; figures from them are never reported. */
export const TUNING_SEEDS: readonly number[] = [101, 102, 103, 104, 105, 106];

/** Seeds that were looked at only to report. */
export const HELD_OUT_SEEDS: readonly number[] = [1, 2, 3, 4];

/** Every family's series of these seeds. */
export function generateAll(seeds: readonly number[]): GeneratedSeries[] {
  return FAMILIES.flatMap((family) => seeds.map((seed) => generate(family, seed)));
}
