/** Most events of a change that are told: those that came to something or could have, and comments that nobody wanted. */
const MOST = { telling: 100, comments: 20 };
const COMMENT = ':comment-added:';

/** Keys of the events that are told, oldest first, and how many that could have started something are left out. */
export interface HistoryPlan {
  readonly keys: readonly string[];
  readonly omitted: number;
}

/**
 * Which of a change's events are told: the newest of each kind. Comments that were handed on to nothing are most of what
 * a long discussion leaves, and must not push the patch set out.
 *
 * @param wasHandedOn - whether any pipeline was given the event
 */
export function planHistory(keys: readonly string[], wasHandedOn: (key: string) => boolean): HistoryPlan {
  const isTelling = (key: string): boolean => !key.includes(COMMENT) || wasHandedOn(key);
  const telling = keys.filter(isTelling);
  const kept = telling.slice(-MOST.telling);
  const told = new Set([...kept, ...keys.filter((key) => !isTelling(key)).slice(-MOST.comments)]);
  return { keys: keys.filter((key) => told.has(key)), omitted: telling.length - kept.length };
}
