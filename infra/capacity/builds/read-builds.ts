import { CsvRows } from './csv-rows';
import { JsonRows } from './json-rows';
import { BuildParser, type Cells } from './parse-build';
import { ReadingNotes } from './reading-notes';
import type { RowTaker } from './row-taker';
import type { BuildSink, Reading, RefusedRow } from './types';

/** What reading may be told. */
export interface ReadOptions {
  /** Refused rows to keep with their reasons; all are counted. @default 20 */
  readonly keepRefused?: number;
}

/** More refused rows than this share, and it is the file that was misunderstood. */
const MOST_REFUSED = 0.1;

/**
 * Reads builds from a CSV with a header or from JSON lines, told apart by the first character, and hands each to `sink`.
 * In any order, overlapping or not. Holds one chunk and no build. Rejects only when the file as a whole is of another
 * form: no start or end column, UTF-16, a JSON array, a record without end. Rows that cannot be builds are refused one by
 * one; `assertUsable` says whether too many were.
 */
export async function readBuilds(
  chunks: AsyncIterable<Uint8Array>,
  sink: BuildSink,
  options: ReadOptions = {},
): Promise<Reading> {
  const rows = new Rows(sink, options.keepRefused ?? 20);
  const decoder = new TextDecoder('utf-8');
  let reader: CsvRows | JsonRows | undefined;
  let head = '';
  for await (const chunk of chunks) {
    const text = decoder.decode(chunk, { stream: true });
    if (reader !== undefined) {
      reader.push(text, false);
      continue;
    }
    head += text;
    reader = readerFor(head, rows);
    reader?.push(head, false);
  }
  if (reader === undefined) {
    throw new Error('the file is empty; it needs builds as CSV with a header, or as JSON lines');
  }
  reader.push(decoder.decode(), true);
  return rows.reading();
}

/** Throws when so many rows were refused that the rest says nothing, with the first of them. */
export function assertUsable({ rows, accepted, refused }: Reading): void {
  if (accepted > 0 && refused.count <= rows * MOST_REFUSED) return;
  if (rows === 0) {
    throw new Error('the file has no builds, only its first line; nothing follows from that');
  }
  const [first] = refused.first;
  const reason = first === undefined ? '' : `, first row ${first.row}: ${first.reason}`;
  throw new Error(
    `${refused.count} of ${rows} rows cannot be builds, allowed is one in ${1 / MOST_REFUSED}${reason}; mend the export and run again`,
  );
}

/** By the first character that is not blank; undefined when there is none yet. */
function readerFor(head: string, rows: RowTaker): CsvRows | JsonRows | undefined {
  if (head.startsWith('\ufffd\ufffd') || head.includes('\0')) {
    throw new Error('the file is not text in UTF-8 (UTF-16, or an archive?); save it as UTF-8, or as .gz of that');
  }
  const first = head.trimStart()[0];
  if (first === '[') {
    throw new Error("the file is a JSON array; allowed is one object a line: jq -c '.[]' FILE > builds.jsonl");
  }
  if (first === undefined) return undefined;
  return first === '{' ? new JsonRows(rows) : new CsvRows(rows);
}

/** Turns rows into builds and keeps account. */
class Rows implements RowTaker {
  #rows = 0;
  #accepted = 0;
  readonly #refused: RefusedRow[] = [];
  readonly #notes = new ReadingNotes();
  readonly #parser = new BuildParser();
  readonly #sink: BuildSink;
  readonly #keepRefused: number;

  constructor(sink: BuildSink, keepRefused: number) {
    this.#sink = sink;
    this.#keepRefused = keepRefused;
  }

  cells(row: number, cells: Cells): void {
    const build = this.#parser.parse(cells);
    if (typeof build === 'string') {
      this.refuse(row, build);
      return;
    }
    this.#rows += 1;
    this.#accepted += 1;
    this.#notes.note(row, build, this.#parser.start, this.#parser.end);
    this.#sink(build);
  }

  refuse(row: number, reason: string): void {
    this.#rows += 1;
    // The first is always kept: whatever is said of refused rows names one.
    if (this.#refused.length < Math.max(1, this.#keepRefused)) this.#refused.push({ row, reason });
  }

  reading(): Reading {
    const count = this.#rows - this.#accepted;
    const firstRow = this.#refused[0]?.row ?? 0;
    return {
      rows: this.#rows,
      accepted: this.#accepted,
      refused: { count, first: this.#refused },
      projects: new Map([...this.#notes.projects].sort(([a, many], [b, more]) => more - many || (a < b ? -1 : 1))),
      warnings: this.#notes.warnings({ count, firstRow, rows: this.#rows }),
    };
  }
}
