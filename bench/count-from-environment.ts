/** A size that a measurement takes from an environment variable, and its bounds, both included. */
export interface CountVariable {
  readonly name: string;
  readonly least: number;
  readonly most: number;
}

/** What `text` says, or as many as a measurement has by itself. Throws when that is no number within the bounds. */
export function countFrom({ name, least, most }: CountVariable, byDefault: number, text = process.env[name]): number {
  if (text === undefined || text === '') return byDefault;
  const count = Number(text);
  if (!Number.isInteger(count) || count < least || count > most) {
    throw new Error(`${name} is '${text}', allowed is a whole number from ${least} to ${most}`);
  }
  return count;
}
