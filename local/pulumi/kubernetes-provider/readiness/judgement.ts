import type { JsonObject } from '../json';

/** Whether an object does what it was made for. A reason is one line for people. */
export type Readiness =
  | { readonly kind: 'ready' }
  | { readonly kind: 'waiting'; readonly reason: string }
  /** It will not become ready by itself. */
  | { readonly kind: 'failed'; readonly reason: string };

export const READY: Readiness = { kind: 'ready' };
export const waiting = (reason: string): Readiness => ({ kind: 'waiting', reason });
export const failed = (reason: string): Readiness => ({ kind: 'failed', reason });

/** Other objects that a judgement may need to see. */
export interface Surroundings {
  /** The object at a path of the API; undefined when there is none. */
  get(path: string): Promise<JsonObject | undefined>;
  /** The items of a collection. */
  list(path: string): Promise<readonly JsonObject[]>;
}
