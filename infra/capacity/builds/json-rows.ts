import { columnsOf } from './columns';
import { show } from './parse-build';
import type { RowTaker } from './row-taker';

const LONGEST_LINE = 1 << 20;

/** Rows of JSON lines: one object a line, times as text or numbers. */
export class JsonRows {
  #rest = '';
  #row = 0;
  /** Columns by the keys of an object: lines of one program have the same. */
  readonly #columns = new Map<string, readonly number[] | string>();
  readonly #take: RowTaker;

  constructor(take: RowTaker) {
    this.#take = take;
  }

  /** Takes the next text of the file; `isLast` when no more follows. */
  push(text: string, isLast: boolean): void {
    const all = this.#rest + text;
    let from = 0;
    for (let end = all.indexOf('\n'); end >= 0; end = all.indexOf('\n', from)) {
      this.#line(all.slice(from, end));
      from = end + 1;
    }
    this.#rest = all.slice(from);
    if (isLast) {
      this.#line(this.#rest);
    } else if (this.#rest.length > LONGEST_LINE) {
      throw new Error(`row ${this.#row + 1} has no end within 1 MiB; JSON lines have one object a line: jq -c`);
    }
  }

  #line(line: string): void {
    this.#row += 1;
    if (line.trim() === '') return;
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      this.#take.refuse(this.#row, `${show(line)} is not JSON; allowed is one object a line`);
      return;
    }
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      this.#take.refuse(this.#row, `${show(value)} is not an object; allowed is one object a line`);
      return;
    }
    const columns = this.#columnsOf(value);
    if (typeof columns === 'string') {
      this.#take.refuse(this.#row, columns);
    } else {
      const values: readonly unknown[] = Object.values(value);
      this.#take.cells(
        this.#row,
        columns.map((at) => values[at]),
      );
    }
  }

  #columnsOf(object: object): readonly number[] | string {
    const keys = Object.keys(object);
    const shape = keys.join('\0');
    const known = this.#columns.get(shape);
    if (known !== undefined) return known;
    const columns = columnsOrReason(keys);
    if (this.#columns.size < 1000) this.#columns.set(shape, columns);
    return columns;
  }
}

function columnsOrReason(keys: readonly string[]): readonly number[] | string {
  try {
    return columnsOf(keys);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
