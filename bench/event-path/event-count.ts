/** Events of a measurement: `SEAKEEPER_EVENTS`, or as many as it has by itself. Throws when that is no number. */
export function eventCount(byDefault: number, text = process.env['SEAKEEPER_EVENTS']): number {
  if (text === undefined || text === '') return byDefault;
  const count = Number(text);
  if (!Number.isInteger(count) || count < 40 || count > 10_000_000) {
    throw new Error(`SEAKEEPER_EVENTS is '${text}', allowed is a whole number from 40 to 10000000`);
  }
  return count;
}
