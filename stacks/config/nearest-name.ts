import { distance } from 'fastest-levenshtein';

/** The candidate a misspelt name was most likely meant to be; undefined when none is near. Equal ones: the first. */
export function nearestName(name: string, candidates: readonly string[]): string | undefined {
  const [nearest] = candidates
    .map((candidate) => ({ candidate, edits: distance(name.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ candidate, edits }) => edits <= Math.ceil(Math.max(name.length, candidate.length) / 3))
    .sort((a, b) => a.edits - b.edits);
  return nearest?.candidate;
}

/** `; did you mean 'x'?`, or nothing. */
export function hint(name: unknown, candidates: readonly string[]): string {
  const nearest = typeof name === 'string' && name !== '' ? nearestName(name, candidates) : undefined;
  return nearest === undefined ? '' : `; did you mean '${nearest}'?`;
}
