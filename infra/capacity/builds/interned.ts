/** More are texts of which each occurs once, such as numbers of builds: nothing is gained by keeping those. */
const MOST_KEPT = 100_000;

/**
 * One copy of each text. A text cut out of a larger one keeps all of it in memory, so the copy is a new one: a hundred
 * project names would otherwise hold a hundred chunks of the file.
 */
export class Interned {
  readonly #known = new Map<string, string>();

  /** The text without the space around it, or undefined when there is none. Numbers become text. */
  of(value: unknown): string | undefined {
    if (typeof value === 'number') return this.of(String(value));
    if (typeof value !== 'string') return undefined;
    const known = this.#known.get(value);
    if (known !== undefined) return known === '' ? undefined : known;
    const copy = Buffer.from(value.trim()).toString();
    if (this.#known.size < MOST_KEPT) this.#known.set(Buffer.from(value).toString(), copy);
    return copy === '' ? undefined : copy;
  }
}
