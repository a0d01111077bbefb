import type { Cells } from './parse-build';

/** Takes what a file has, row by row. */
export interface RowTaker {
  /** The cells of a row, in the order of `FIELDS`. */
  cells(row: number, cells: Cells): void;
  /** A row that could not even be taken apart. */
  refuse(row: number, reason: string): void;
}
