import Papa from 'papaparse';
import { columnsOf } from './columns';
import type { RowTaker } from './row-taker';

const { Parser } = Papa;
/** No record is longer: beyond it, a quote was opened and never closed, and the rest of the file would be one cell. */
const LONGEST_RECORD = 1 << 20;

/**
 * Rows of a CSV (RFC 4180; comma, semicolon or tab, as its first line has it), taken apart chunk by chunk. Papa Parse and
 * not a parser of ours: quoted cells are where those go wrong, and it does a million rows a second.
 */
export class CsvRows {
  #rest = '';
  #row = 0;
  #parser: Papa.Parser | undefined;
  #width = 0;
  #columns: readonly number[] = [];
  readonly #take: RowTaker;

  constructor(take: RowTaker) {
    this.#take = take;
  }

  /** Takes the next text of the file; `isLast` when no more follows. Throws when the header lacks a column. */
  push(text: string, isLast: boolean): void {
    this.#rest += text;
    if (this.#parser === undefined) this.#rest = this.#rest.replace(/^(?:[^\S\n]*\n)+/, '');
    if (this.#parser === undefined && !this.#readHeader(isLast)) return;
    this.#rows(isLast);
  }

  #readHeader(isLast: boolean): boolean {
    const end = this.#rest.search(/\r?\n/);
    if (end < 0 && !isLast) {
      this.#refuseEndless();
      return false;
    }
    const line = end < 0 ? this.#rest : this.#rest.slice(0, end);
    const newline = this.#rest[end] === '\r' ? '\r\n' : '\n';
    const parser = new Parser({ delimiter: delimiterOf(line), newline });
    const parsed: Papa.ParseResult<string[]> = parser.parse(line, 0, false);
    const header = parsed.data[0] ?? [];
    this.#columns = columnsOf(header.map((name) => name.trim()));
    this.#width = header.length;
    this.#parser = parser;
    this.#rest = end < 0 ? '' : this.#rest.slice(end + newline.length);
    this.#row = 1;
    return true;
  }

  #rows(isLast: boolean): void {
    const parsed: Papa.ParseResult<string[]> | undefined = this.#parser?.parse(this.#rest, 0, !isLast);
    if (parsed === undefined) return;
    const { data, errors, meta } = parsed;
    const quotes = new Map(errors.map(({ row, message }) => [row ?? 0, message]));
    for (let index = 0; index < data.length; index++) {
      this.#record(data[index] ?? [], quotes.get(index));
    }
    this.#rest = this.#rest.slice(meta.cursor);
    if (isLast) this.#rest = '';
    this.#refuseEndless();
  }

  #record(cells: readonly string[], quoteError: string | undefined): void {
    this.#row += 1;
    if (quoteError !== undefined) {
      this.#take.refuse(this.#row, `its quotes are wrong (${quoteError}); allowed is RFC 4180: "a ""quoted"" cell"`);
    } else if (cells.length === this.#width) {
      this.#take.cells(
        this.#row,
        this.#columns.map((at) => cells[at]),
      );
    } else if (cells.length > 1 || cells[0]?.trim()) {
      this.#take.refuse(this.#row, `it has ${cells.length} cells, and the first line names ${this.#width} columns`);
    }
  }

  #refuseEndless(): void {
    if (this.#rest.length > LONGEST_RECORD) {
      throw new Error(
        `row ${this.#row + 1} has no end within 1 MiB: a quote that is never closed, or a file that is no CSV; mend it there`,
      );
    }
  }
}

/** The first line tells: names of columns hold no separators of their own. */
function delimiterOf(header: string): string {
  return ['\t', ';'].find((delimiter) => header.includes(delimiter)) ?? ',';
}
