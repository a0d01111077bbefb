/** Most events of a change that are told: those that came to something or could have, and comments that nobody wanted. */
const MOST = { telling: 100, comments: 20 };
const COMMENT = ':comment-added:';

/**
 * Which of a change's events are told, oldest first: the newest of each kind. Comments that were handed on to nothing are
 * most of what a long discussion leaves, and must not push the patch set out.
 *
 * @param wasHandedOn - whether any pipeline was given the event
 */
export function planHistory(keys: readonly string[], wasHandedOn: (key: string) => boolean): readonly string[] {
  const isTelling = (key: string): boolean => !key.includes(COMMENT) || wasHandedOn(key);
  const told = new Set([
    ...keys.filter(isTelling).slice(-MOST.telling),
    ...keys.filter((key) => !isTelling(key)).slice(-MOST.comments),
  ]);
  return keys.filter((key) => told.has(key));
}
