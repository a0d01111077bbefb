import { addDays } from '../../../../infra/capacity/forecast/days';
import type { DayValue } from '../../../../infra/capacity/forecast/types';

/** Monday. */
export const START = '2024-01-01';

/** A daily series from a Monday on. */
export function seriesOf(days: number, valueAt: (day: number) => number | null): DayValue[] {
  return Array.from({ length: days }, (_, day) => ({ date: addDays(START, day), value: valueAt(day) }));
}

/** Noise in −1 to 1 that is the same every time: the fraction of a large sine, as shaders do. */
export function noise(day: number): number {
  const large = Math.sin(day * 12.9898 + 4.1) * 43_758.5453;
  return 2 * (large - Math.floor(large)) - 1;
}

/** Weekdays 1, weekends less. */
export const workWeek = (day: number, weekend = 0.4): number => (day % 7 < 5 ? 1 : weekend);
