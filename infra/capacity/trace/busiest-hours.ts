import type { RunPool } from '../../../core/pool';
import type { BuildColumns } from './build-columns';

const MS_PER_HOUR = 3_600_000;

/**
 * Mean number of builds at once in the busiest clock hour of each day: the load that queueing theory is about, where the
 * most at any moment is not.
 *
 * @returns by date in the time zone, YYYY-MM-DD; days without a build are not there
 */
export function busiestHours(columns: BuildColumns, timeZone: string, pool?: RunPool): Map<string, number> {
  const { first, load } = hourlyLoad(columns, pool);
  const dateOf = new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' });
  const byDate = new Map<string, number>();
  for (const [hour, erlangs] of load.entries()) {
    if (erlangs === 0) continue;
    const date = dateOf.format((first + hour) * MS_PER_HOUR);
    byDate.set(date, Math.max(byDate.get(date) ?? 0, erlangs));
  }
  return byDate;
}

/** Mean number of builds at once in each hour of UTC, from the first with a build on. */
function hourlyLoad(columns: BuildColumns, pool: RunPool | undefined): { first: number; load: Float64Array } {
  const ofPool = columns.placements.map((placement) => pool === undefined || placement.pool === pool);
  const wanted = (at: number) => ofPool[columns.placement[at] ?? 0] === true;
  let [from, to] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let at = 0; at < columns.length; at += 1) {
    if (!wanted(at)) continue;
    from = Math.min(from, columns.startMs[at] ?? 0);
    to = Math.max(to, columns.endMs[at] ?? 0);
  }
  if (from > to) return { first: 0, load: new Float64Array() };
  const first = Math.floor(from / MS_PER_HOUR);
  const hours = Math.floor(to / MS_PER_HOUR) - first + 1;
  // Hours that a build fills are counted by where they begin and end; only its first and last hour are added up.
  const [whole, parts] = [new Float64Array(hours + 1), new Float64Array(hours)];
  for (let at = 0; at < columns.length; at += 1) {
    if (wanted(at)) count(columns.startMs[at] ?? 0, columns.endMs[at] ?? 0, { first, whole, parts });
  }
  let filled = 0;
  const load = parts.map((part, hour) => {
    filled += whole[hour] ?? 0;
    return filled + part;
  });
  return { first, load };
}

interface Hours {
  readonly first: number;
  /** Change of the number of builds that fill the hour. */
  readonly whole: Float64Array;
  /** Hours of builds that fill a part of it. */
  readonly parts: Float64Array;
}

function count(startMs: number, endMs: number, { first, whole, parts }: Hours): void {
  const [begin, end] = [startMs / MS_PER_HOUR - first, endMs / MS_PER_HOUR - first];
  const [beginHour, endHour] = [Math.floor(begin), Math.floor(end)];
  if (beginHour === endHour) {
    addTo(parts, beginHour, end - begin);
    return;
  }
  addTo(parts, beginHour, beginHour + 1 - begin);
  // One that ends on the hour has no part of the next, which may be past the last.
  if (end > endHour) addTo(parts, endHour, end - endHour);
  addTo(whole, beginHour + 1, 1);
  addTo(whole, endHour, -1);
}

function addTo(values: Float64Array, at: number, amount: number): void {
  values[at] = (values[at] ?? 0) + amount;
}
