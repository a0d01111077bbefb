import { typeOfKey } from '../../core/event-key';

/** Most events of a change that are told: those that came to something or could have, and the talk that nobody wanted. */
const MOST = { telling: 100, talk: 20 };
/** What a review is full of. */
const TALK: ReadonlySet<string> = new Set([
  'comment-added',
  'topic-changed',
  'hashtags-changed',
  'reviewer-added',
  'reviewer-deleted',
  'vote-deleted',
]);

/** Keys of the events that are told, oldest first, and how many that could have started something are left out. */
export interface HistoryPlan {
  readonly keys: readonly string[];
  readonly omitted: number;
}

/**
 * Which of a change's events are told: the newest of each kind. Comments and the like that were handed on to nothing are
 * most of what a long discussion leaves, and must not push the patch set out.
 *
 * @param wasHandedOn - whether any pipeline was given the event
 */
export function planHistory(keys: readonly string[], wasHandedOn: (key: string) => boolean): HistoryPlan {
  const isTelling = (key: string): boolean => !TALK.has(typeOfKey(key)) || wasHandedOn(key);
  const telling = keys.filter(isTelling);
  const kept = telling.slice(-MOST.telling);
  const told = new Set([...kept, ...keys.filter((key) => !isTelling(key)).slice(-MOST.talk)]);
  return { keys: keys.filter((key) => told.has(key)), omitted: telling.length - kept.length };
}
