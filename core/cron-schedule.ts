import { z } from 'zod';
import { err, ok, type Result } from './result';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** Days looked through: a 29 February on one day of the week comes again after forty years at the latest. */
const MOST_DAYS = 41 * 366;

interface FieldKind {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  /** Names of its values, beginning with that of `from`. */
  readonly names?: readonly string[];
}

const FIELDS: readonly FieldKind[] = [
  { name: 'minute', from: 0, to: 59 },
  { name: 'hour', from: 0, to: 23 },
  { name: 'day of month', from: 1, to: 31 },
  {
    name: 'month',
    from: 1,
    to: 12,
    names: ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'],
  },
  { name: 'day of week', from: 0, to: 7, names: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] },
];
const WANTED = 'allowed are the five fields of crontab(5): minute, hour, day of month, month, day of week';

/** Values that one field allows, in order. */
interface Field {
  readonly values: readonly number[];
  /** It begins with a star. */
  readonly isAny: boolean;
}

/** When something is due: minutes in UTC, as the five fields of crontab(5) say them. */
export class CronSchedule {
  private constructor(private readonly fields: readonly Field[]) {}

  /** The error is one line for whoever wrote it. */
  static parse(text: string): Result<CronSchedule, string> {
    const parts = text.trim().split(/\s+/);
    if (parts.length !== FIELDS.length) {
      return err(`'${text}' is no schedule: it has ${parts.length} fields; ${WANTED}`);
    }
    const fields: Field[] = [];
    for (const [index, kind] of FIELDS.entries()) {
      const field = parseField(parts[index] ?? '', kind);
      if (typeof field === 'string') {
        return err(`'${text}' is no schedule: ${kind.name} ${field}; ${WANTED}`);
      }
      fields.push(field);
    }
    const schedule = new CronSchedule(fields);
    return schedule.next(0) === undefined ? err(`'${text}' is no schedule: there is no such day`) : ok(schedule);
  }

  /** The first instant after a moment. Milliseconds since 1970. */
  next(after: number): number | undefined {
    const today = Math.floor(after / DAY_MS) * DAY_MS;
    for (let day = today; day <= today + MOST_DAYS * DAY_MS; day += DAY_MS) {
      const found = this.isDue(day) ? this.timesOf(day).find((time) => time > after) : undefined;
      if (found !== undefined) {
        return found;
      }
    }
    return undefined;
  }

  /** The last instant until a moment, that moment included. Milliseconds since 1970. */
  last(until: number): number | undefined {
    const today = Math.floor(until / DAY_MS) * DAY_MS;
    for (let day = today; day >= today - MOST_DAYS * DAY_MS; day -= DAY_MS) {
      const found = this.isDue(day) ? this.timesOf(day).findLast((time) => time <= until) : undefined;
      if (found !== undefined) {
        return found;
      }
    }
    return undefined;
  }

  /** Of day of month and day of week either is enough, unless one of them is any. */
  private isDue(day: number): boolean {
    const [, , ofMonth, months, ofWeek] = this.fields;
    const date = new Date(day);
    const fits = (field: Field | undefined, value: number) => field?.values.includes(value) === true;
    const isMonthDay = fits(ofMonth, date.getUTCDate());
    const isWeekDay = fits(ofWeek, date.getUTCDay());
    const isDay = ofMonth?.isAny === true || ofWeek?.isAny === true ? isMonthDay && isWeekDay : isMonthDay || isWeekDay;
    return isDay && fits(months, date.getUTCMonth() + 1);
  }

  private timesOf(day: number): number[] {
    const [minutes, hours] = this.fields;
    return (hours?.values ?? []).flatMap((hour) =>
      (minutes?.values ?? []).map((minute) => day + hour * HOUR_MS + minute * MINUTE_MS),
    );
  }
}

/** What is wrong with it is the answer where it is no field. */
function parseField(text: string, kind: FieldKind): Field | string {
  const values = new Set<number>();
  for (const part of text.split(',')) {
    const range = parseRange(part, kind);
    if (typeof range === 'string') {
      return range;
    }
    for (let value = range.from; value <= range.to; value += range.step) {
      // Sunday has two numbers.
      values.add(kind.name === 'day of week' ? value % 7 : value);
    }
  }
  return { values: [...values].sort((one, other) => one - other), isAny: text.startsWith('*') };
}

const PART = /^(?:(\*)|([a-z]+|\d{1,2})(?:-([a-z]+|\d{1,2}))?)(?:\/(\d{1,2}))?$/;

function parseRange(part: string, kind: FieldKind): { from: number; to: number; step: number } | string {
  const [, any, first, second, every] = PART.exec(part.toLowerCase()) ?? [];
  if (any === undefined && first === undefined) {
    return `'${part}' is none`;
  }
  // A step behind a single value goes on from there.
  const end = second ?? (every === undefined && first !== undefined ? first : undefined);
  const from = first === undefined ? kind.from : numberOf(first, kind);
  const to = end === undefined ? lastOf(kind) : numberOf(end, kind);
  const step = Number(every ?? 1);
  if (from === undefined || to === undefined || from > to || step === 0) {
    return `'${part}' is not within ${kind.from}-${kind.to}`;
  }
  return { from, to, step };
}

/** Sunday is counted once where all days are meant. */
const lastOf = ({ name, to }: FieldKind): number => (name === 'day of week' ? 6 : to);

function numberOf(text: string, { from, to, names = [] }: FieldKind): number | undefined {
  const named = names.indexOf(text);
  const value = named === -1 ? Number(text) : from + named;
  return Number.isInteger(value) && value >= from && value <= to ? value : undefined;
}

/** A schedule as stack config writes it. */
export const CronText = z.string().superRefine((text, context) => {
  const parsed = CronSchedule.parse(text);
  if (!parsed.ok) {
    context.addIssue({ code: 'custom', message: parsed.error });
  }
});
