import type { TypePolicy } from '../../../core/workflow-policy/policy';

/** `, did you mean 'x'?` when a known field is spelt nearly so. */
export const suggestion = (type: TypePolicy, key: string): string =>
  didYouMean(
    Object.entries(type.fields).flatMap(([name, { decision }]) =>
      decision === 'allow' || decision === 'limit' ? [name] : [],
    ),
    key,
  );

/** The same of any names. */
export function didYouMean(names: readonly string[], given: string): string {
  const near = names.find((name) => distance(name.toLowerCase(), given.slice(0, 40).toLowerCase()) <= 2);
  return near === undefined ? '' : `, did you mean '${near}'?`;
}

/** Levenshtein distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of Array.from(a).entries()) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++) {
      const change = (row[j] ?? 0) + (letter === b[j] ? 0 : 1);
      next.push(Math.min(change, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
