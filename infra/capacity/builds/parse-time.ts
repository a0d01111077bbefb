/** Builds outside these years are typing errors, other units, or a clock that was never set. */
const EARLIEST_MS = Date.UTC(2000, 0, 1);
const LATEST_MS = Date.UTC(2100, 0, 1);

/** What `parseTime` takes, for messages. */
export const TIME_FORMS =
  'ISO 8601 with its offset, such as 2019-06-09T14:03:00Z or 2019-06-09 16:03:00.5+02:00, or seconds or milliseconds since 1970, of the years 2000 to 2099';

/** How a time was written: `Z` or an offset such as `+02:00`, or the unit of a number. */
export type TimeForm = 'Z' | `${'+' | '-'}${string}` | 'epoch seconds' | 'epoch milliseconds';

/** A moment, and how it was written. */
export interface ParsedTime {
  /** Milliseconds since 1970-01-01T00:00Z, whole: finer digits are cut off. NaN: the text is not a moment. */
  ms: number;
  form: TimeForm;
}

/**
 * Parses a moment into `into`, which is reused since a log has millions. Strict: a time without its offset could be any of
 * 26 hours and is refused. Seconds and milliseconds cannot be confused: of the years taken, the largest number of seconds
 * is far below the smallest of milliseconds.
 */
export function parseTime(value: unknown, into: ParsedTime): void {
  if (typeof value === 'number') {
    parseEpoch(value, into);
  } else if (typeof value !== 'string') {
    into.ms = Number.NaN;
  } else if (value.charCodeAt(4) === DASH) {
    parseIso(value, into);
  } else {
    parseEpoch(/^\d+(\.\d+)?$/.test(value) ? Number(value) : Number.NaN, into);
  }
  if (!(into.ms >= EARLIEST_MS && into.ms < LATEST_MS)) {
    into.ms = Number.NaN;
  }
}

function parseEpoch(value: number, into: ParsedTime): void {
  const isSeconds = value < EARLIEST_MS;
  // Rounded to the microsecond first: 1560088980.123 × 1000 is a little less than it says.
  into.ms = isSeconds ? Math.floor(Math.round(value * 1e6) / 1e3) : Math.floor(value);
  into.form = isSeconds ? 'epoch seconds' : 'epoch milliseconds';
}

const DASH = 45;
const COLON = 58;
const PLUS = 43;
const UPPER_T = 84;
const SPACE = 32;
const DOT = 46;
const UPPER_Z = 90;

/** By position and not by a regular expression: two times a row are most of the work of reading. */
function parseIso(text: string, into: ParsedTime): void {
  into.ms = Number.NaN;
  const separator = text.charCodeAt(10);
  if (text.charCodeAt(7) !== DASH || (separator !== UPPER_T && separator !== SPACE) || text.charCodeAt(13) !== COLON) {
    return;
  }
  const hasSeconds = text.charCodeAt(16) === COLON;
  let at = hasSeconds ? 19 : 16;
  const date = dateMs(digits(text, 0, 4), digits(text, 5, 2), digits(text, 8, 2));
  const time = timeMs(digits(text, 11, 2), digits(text, 14, 2), hasSeconds ? digits(text, 17, 2) : 0);
  let fraction = 0;
  if (hasSeconds && text.charCodeAt(at) === DOT) {
    const end = endOfDigits(text, at + 1);
    fraction =
      end === at + 1 ? Number.NaN : Math.floor(Number(`0${text.slice(at, Math.min(end, at + 4))}`) * 1000 + 0.5);
    at = end;
  }
  into.ms = date + time + fraction - offsetMs(text, at, into);
}

/** The number that `count` characters from `from` are; NaN when one is not a digit. */
function digits(text: string, from: number, count: number): number {
  let value = 0;
  for (let at = from; at < from + count; at++) {
    const digit = text.charCodeAt(at) - 48;
    if (!(digit >= 0 && digit <= 9)) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}

function endOfDigits(text: string, from: number): number {
  let at = from;
  while (text.charCodeAt(at) >= 48 && text.charCodeAt(at) <= 57) at++;
  return at;
}

const DAYS_OF_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

/** The last date asked for: a build mostly ends on the day it starts. */
const lastDate = { year: 0, month: 0, day: 0, ms: Number.NaN };

function dateMs(year: number, month: number, day: number): number {
  if (day !== lastDate.day || month !== lastDate.month || year !== lastDate.year) {
    const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
    const days = month === 2 && isLeap ? 29 : DAYS_OF_MONTH[month - 1];
    lastDate.ms = days !== undefined && day >= 1 && day <= days ? Date.UTC(year, month - 1, day) : Number.NaN;
    lastDate.year = year;
    lastDate.month = month;
    lastDate.day = day;
  }
  return lastDate.ms;
}

const timeMs = (hour: number, minute: number, second: number): number =>
  hour <= 23 && minute <= 59 && second <= 59 ? ((hour * 60 + minute) * 60 + second) * 1000 : Number.NaN;

/** `Z`, `+02`, `+0200` or `+02:00` at the end of the text, in milliseconds; NaN when it is anything else. */
function offsetMs(text: string, at: number, into: ParsedTime): number {
  const sign = text.charCodeAt(at);
  if (sign === UPPER_Z) {
    into.form = 'Z';
    return text.length === at + 1 ? 0 : Number.NaN;
  }
  if (sign !== PLUS && sign !== DASH) return Number.NaN;
  const colon = text.charCodeAt(at + 3) === COLON ? 1 : 0;
  const hasMinutes = text.length > at + 3;
  const minutes = hasMinutes ? digits(text, at + 3 + colon, 2) : 0;
  const hours = digits(text, at + 1, 2);
  const length = at + (hasMinutes ? 5 + colon : 3);
  if (text.length !== length || !(hours <= 14) || !(minutes <= 59)) return Number.NaN;
  into.form = formOf(sign === PLUS ? 1 : -1, hours, minutes);
  return (sign === PLUS ? 1 : -1) * (hours * 60 + minutes) * 60_000;
}

const forms = new Map<number, TimeForm>();

/** One spelling an offset, and one string, however often it occurs: a slice would keep its whole chunk in memory. */
function formOf(sign: 1 | -1, hours: number, minutes: number): TimeForm {
  const key = sign * (hours * 60 + minutes);
  const known = forms.get(key);
  if (known !== undefined) return known;
  const two = (value: number) => String(value).padStart(2, '0');
  const form: TimeForm = `${sign === 1 ? '+' : '-'}${two(hours)}:${two(minutes)}`;
  forms.set(key, form);
  return form;
}
