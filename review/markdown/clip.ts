/** Size of a text as it is sent. */
export const bytes = (text: string): number => Buffer.byteLength(text);

/**
 * As many of the items, in order, as fit into so many bytes, and then a line that says how many were left out. Items are
 * whole or absent.
 */
export function clip(items: readonly string[], most: number, leftOut: (number: number) => string): string {
  const all = items.join('');
  if (bytes(all) <= most) return all;
  let left = most - bytes(leftOut(items.length));
  const kept: string[] = [];
  for (const item of items) {
    left -= bytes(item);
    if (left < 0) break;
    kept.push(item);
  }
  return kept.join('') + leftOut(items.length - kept.length);
}

/** The beginning of a line, with an ellipsis where it was longer; whole letters only. Backticks stay in pairs. */
export function shorten(line: string, most: number): string {
  // No letter takes more than three bytes a unit: a short line need not be measured.
  if (line.length * 3 <= most || bytes(line) <= most) return line;
  let [kept, size] = ['', 0];
  for (const letter of line) {
    size += bytes(letter);
    if (size > most - 4) break;
    kept += letter;
  }
  return `${kept}${(kept.match(/`/g)?.length ?? 0) % 2 === 1 ? '`' : ''}…`;
}
