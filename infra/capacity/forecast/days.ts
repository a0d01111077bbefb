import type { DayValue, ForecastWarning } from './types';

const DAY_MS = 86_400_000;
const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** A series with one value for every day from the first known to the last given. */
export interface Days {
  /** YYYY-MM-DD of the first value. */
  readonly first: string;
  /** None missing: gaps are filled. */
  readonly values: readonly number[];
  /** Which of them were seen, not filled. */
  readonly known: readonly boolean[];
  readonly warnings: readonly ForecastWarning[];
}

/** The date so many days later. */
export function addDays(date: string, days: number): string {
  return new Date(Date.parse(date) + days * DAY_MS).toISOString().slice(0, 10);
}

function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS);
}

function assertDay({ date, value }: DayValue): void {
  if (!DATE.test(date) || Number.isNaN(Date.parse(date)) || addDays(date, 0) !== date) {
    throw new Error(`series has the date ${JSON.stringify(date)}, allowed is a day as YYYY-MM-DD; correct the input`);
  }
  if (value !== null && !(Number.isFinite(value) && value >= 0)) {
    throw new Error(
      `series has ${value} on ${date}, allowed is a number from 0 up, or null for a gap; correct the input`,
    );
  }
}

/** Weeks looked at on either side of a gap. */
const REACH_WEEKS = 8;
const NEIGHBOURS = 4;

/** Mean of the nearest known values of the same weekday; of any weekday when that one was never seen near. */
function fill(values: readonly (number | undefined)[], index: number): number {
  const nearest = (step: number) =>
    Array.from({ length: REACH_WEEKS * 2 }, (_, n) => (Math.floor(n / 2) + 1) * step * (n % 2 === 0 ? -1 : 1))
      .map((offset) => values[index + offset])
      .filter((value) => value !== undefined)
      .slice(0, NEIGHBOURS);
  const known = values.filter((value) => value !== undefined);
  const sample = [nearest(7), nearest(1), known].find(({ length }) => length > 0) ?? [];
  return sample.reduce((sum, value) => sum + value, 0) / sample.length;
}

/**
 * Puts a series in order of days and fills its gaps (null, or days left out), with a warning that counts them. Throws one
 * line for a date or value that is none, a day given twice, or a series without a known day.
 */
export function regularDays(series: readonly DayValue[]): Days {
  series.forEach(assertDay);
  const given = new Map<string, number | null>();
  for (const { date, value } of series) {
    if (given.has(date)) {
      throw new Error(`series has ${date} twice, allowed is one value a day; merge them`);
    }
    given.set(date, value);
  }
  const dates = [...given.keys()].sort();
  const first = dates.find((date) => given.get(date) !== null);
  const last = dates.at(-1);
  if (first === undefined || last === undefined) {
    throw new Error(
      `series has no known day of ${series.length}, at least 1 is needed; give it history to forecast from`,
    );
  }
  const seen = Array.from(
    { length: daysBetween(first, last) + 1 },
    (_, day) => given.get(addDays(first, day)) ?? undefined,
  );
  const gaps = seen.flatMap((value, day) => (value === undefined ? [addDays(first, day)] : []));
  const warnings: ForecastWarning[] =
    gaps.length === 0
      ? []
      : [
          {
            code: 'forecast-gaps',
            message: `${gaps.length} of ${seen.length} days have no value (first ${gaps[0]}); each is taken as the mean of the nearest known days of the same weekday`,
          },
        ];
  return {
    first,
    values: seen.map((value, day) => value ?? fill(seen, day)),
    known: seen.map((value) => value !== undefined),
    warnings,
  };
}
