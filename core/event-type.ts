import { z } from 'zod';

/** Events that can start a pipeline, by the names Gerrit's `stream-events` gives them. */
export const EVENT_TYPES = [
  'patchset-created',
  'comment-added',
  'change-restored',
  'change-merged',
  'ref-updated',
] as const;
export const EventType = z.enum(EVENT_TYPES);
export type EventType = z.infer<typeof EventType>;
