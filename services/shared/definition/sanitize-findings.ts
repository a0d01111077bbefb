import type { Finding } from '../../../core/decision';

/** Enough for a person to work on; a broken file has thousands. */
export const MAX_FINDINGS = 20;

/** Longest piece of a definition that is quoted back to its author, in characters. */
const QUOTE = 60;

/** A value as it is quoted in a message: one line, cut, with nothing that a terminal or a page would act on. */
export function quote(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing');
  const characters = Array.from(text.replace(/[^\P{C} ]|\s/gu, ' '));
  return `'${characters.length > QUOTE ? `${characters.slice(0, QUOTE).join('')}…` : characters.join('')}'`;
}

/** Where a node of the definition lies: its path in words and its offset in the text. */
export interface Place {
  readonly path: string;
  readonly offset: number;
}

/** Collects what is wrong with a definition, in the order of the text. Knows line and column of an offset. */
export class Findings {
  private readonly byPlace = new Map<string, { offset: number; finding: Finding }>();

  constructor(
    private readonly file: string,
    private readonly lineAndColumn: (offset: number) => { line: number; col: number },
  ) {}

  /** One finding a place: the first one said is nearest to the cause. */
  add(place: Place, message: string): void {
    const { line, col } = this.lineAndColumn(place.offset);
    const key = `${place.offset} ${place.path}`;
    if (!this.byPlace.has(key)) {
      const finding = { path: this.file, line: Math.max(1, line), column: Math.max(1, col), message };
      this.byPlace.set(key, { offset: place.offset, finding });
    }
  }

  get isEmpty(): boolean {
    return this.byPlace.size === 0;
  }

  /** At most `MAX_FINDINGS`; the last one says how many more there are. */
  list(): Finding[] {
    const sorted = [...this.byPlace.values()].sort((a, b) => a.offset - b.offset).map(({ finding }) => finding);
    const last = sorted[MAX_FINDINGS - 1];
    if (sorted.length <= MAX_FINDINGS || last === undefined) {
      return sorted;
    }
    const more = sorted.length - MAX_FINDINGS + 1;
    return [...sorted.slice(0, MAX_FINDINGS - 1), { ...last, message: `${more} more findings from here on` }];
  }
}
