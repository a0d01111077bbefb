import type { Amount } from '../requirement';

const GIB = 2 ** 30;

/** Cores, for people. */
export const cores = (value: number): string => number(value, 1);

/** Bytes in GiB, for people. */
export const gib = (bytes: number): string => number(bytes / GIB, bytes > 0 && bytes < 10 * GIB ? 1 : 0);

/** A number with so many decimals at most, thousands apart, the same in every locale. */
export function number(value: number, decimals: number): string {
  const [whole = '', fraction] = Math.abs(value).toFixed(decimals).split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  const sign = value < 0 && Number(value.toFixed(decimals)) !== 0 ? '−' : '';
  return `${sign}${grouped}${fraction === undefined || /^0+$/.test(fraction) ? '' : `.${fraction}`}`;
}

/** A share in percent. */
export const percent = (share: number, decimals = 1): string => `${number(share * 100, decimals)} %`;

/** A duration as people say it: seconds, minutes, hours. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return 'for ever';
  if (seconds < 120) return `${number(seconds, seconds < 10 ? 1 : 0)} s`;
  return seconds < 7200 ? `${number(seconds / 60, 1)} min` : `${number(seconds / 3600, 1)} h`;
}

/** An amount as cells of a table. */
export const amountCells = ({ cpu, memory, disk }: Amount): string[] => [cores(cpu), gib(memory), gib(disk)];

/** How a column is set. */
export type Alignment = 'left' | 'right';

/** A table as Markdown whose columns line up in a terminal too. Cells that hold `|` are escaped. */
export function table(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  aligned: readonly Alignment[],
): string {
  const cells = [header, ...rows].map((row) => header.map((_, column) => (row[column] ?? '').replaceAll('|', '\\|')));
  const widths = header.map((_, column) => Math.max(3, ...cells.map((row) => [...(row[column] ?? '')].length)));
  // The last column may hold sentences: padding would be as long as the longest.
  const isLast = (column: number) => column === header.length - 1 && aligned[column] !== 'right';
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => (isLast(column) ? cell : padded(cell, widths[column] ?? 0, aligned[column] ?? 'left'))).join(' | ')} |`;
  const rule = widths.map((width, column) => {
    if (isLast(column)) return '---';
    return aligned[column] === 'right' ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width);
  });
  const [first = [], ...rest] = cells;
  return [line(first), `| ${rule.join(' | ')} |`, ...rest.map(line)].join('\n');
}

function padded(cell: string, width: number, alignment: Alignment): string {
  const space = ' '.repeat(Math.max(0, width - [...cell].length));
  return alignment === 'right' ? `${space}${cell}` : `${cell}${space}`;
}
