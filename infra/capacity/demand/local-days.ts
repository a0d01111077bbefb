import { Temporal } from '@js-temporal/polyfill';

/** A day of a time zone: [startMs, endMs), as long as its clocks make it. */
export interface LocalDay {
  /** YYYY-MM-DD. */
  readonly date: string;
  readonly startMs: number;
  readonly endMs: number;
}

/** Throws when it is not the name of a time zone. */
export function assertTimeZone(timeZone: string): void {
  try {
    // A bare offset is no zone: it has no clock changes, and nobody's days are meant by it.
    if (!/^[+-]/.test(timeZone)) {
      Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(timeZone);
      return;
    }
  } catch {
    // Said below.
  }
  throw new Error(`time zone '${timeZone}' is not known; allowed is an IANA name, such as UTC or Europe/Berlin`);
}

/**
 * The days of a time zone, from the one a moment is in, one after the other. A date that the zone skipped, as when a
 * country crossed the date line, is none. By Temporal, as JavaScript will have it: days of 23 and 25 hours and midnights
 * that do not exist are its business.
 */
export function* localDays(timeZone: string, fromMs: number): Generator<LocalDay, never> {
  const startOf = (date: Temporal.PlainDate) => date.toZonedDateTime(timeZone).epochMilliseconds;
  let date = Temporal.Instant.fromEpochMilliseconds(fromMs).toZonedDateTimeISO(timeZone).toPlainDate();
  let startMs = startOf(date);
  for (;;) {
    const next = date.add({ days: 1 });
    const endMs = startOf(next);
    if (endMs > startMs) yield { date: date.toString(), startMs, endMs };
    date = next;
    startMs = endMs;
  }
}
