/** Projects of a scale measurement: `SEAKEEPER_PROJECTS`, or as many as it has by itself. Throws when that is no number. */
export function scaleSize(byDefault: number, text = process.env['SEAKEEPER_PROJECTS']): number {
  if (text === undefined || text === '') return byDefault;
  const count = Number(text);
  if (!Number.isInteger(count) || count < 2 || count > 10_000) {
    throw new Error(`SEAKEEPER_PROJECTS is '${text}', allowed is a whole number from 2 to 10000`);
  }
  return count;
}
