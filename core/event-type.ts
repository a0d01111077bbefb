import { z } from 'zod';

/** Events of Gerrit that can start a pipeline, by the names its `stream-events` gives them. */
export const GERRIT_EVENT_TYPES = [
  'patchset-created',
  'comment-added',
  'change-abandoned',
  'change-restored',
  'change-merged',
  'topic-changed',
  'hashtags-changed',
  'wip-state-changed',
  'private-state-changed',
  'reviewer-added',
  'reviewer-deleted',
  'vote-deleted',
  'ref-updated',
] as const;

/** All that can start one: the gateway's clock too. */
export const EVENT_TYPES = [...GERRIT_EVENT_TYPES, 'timer'] as const;
export const EventType = z.enum(EVENT_TYPES);
export type EventType = z.infer<typeof EventType>;

/** Events after which a change is run no more: what waits or runs of it is stopped. A deleted change leaves nothing to run. */
const ENDING_TYPES: readonly string[] = ['change-abandoned', 'change-deleted'];
export const endsChange = ({ type }: { readonly type: string }): boolean => ENDING_TYPES.includes(type);
