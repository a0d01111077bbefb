import type { Need } from './model-facts';

/**
 * What a condition looked at, for people; made only where somebody reads it, since most answers are read by nobody.
 * Undefined where it names people or is what they wrote, which stays where it is: what was wanted says enough.
 */
type Seen = () => string | undefined;

export const unsaid: Seen = () => undefined;

/** A condition's answer. */
export type Answer =
  | { readonly kind: 'yes' | 'no'; readonly seen: Seen }
  /** It depends on what Gerrit must be asked for. */
  | { readonly kind: 'unknown'; readonly needs: readonly Need[] };

export const answer = (holds: boolean, seen: Seen): Answer => ({ kind: holds ? 'yes' : 'no', seen });

export const not = (given: Answer): Answer =>
  given.kind === 'unknown' ? given : { kind: given.kind === 'yes' ? 'no' : 'yes', seen: given.seen };

/** Yes when all are; the first no decides, whatever is unknown. */
export function all(answers: readonly Answer[]): Answer {
  const decided = answers.find(({ kind }) => kind === 'no');
  if (decided !== undefined) return decided;
  return answers.some(({ kind }) => kind === 'unknown')
    ? { kind: 'unknown', needs: answers.flatMap((given) => (given.kind === 'unknown' ? given.needs : [])) }
    : { kind: 'yes', seen: () => seenOf(answers) };
}

/** Yes when one is, whatever is unknown. */
export const any = (answers: readonly Answer[]): Answer => not(all(answers.map(not)));

const seenOf = (answers: readonly Answer[]): string =>
  [...new Set(answers.flatMap((given) => (given.kind === 'unknown' ? [] : (given.seen() ?? []))))].join(', ');
