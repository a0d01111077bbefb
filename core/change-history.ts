import { z } from 'zod';
import { Decision, Verdict } from './decision';

/** What became of one event in one pipeline. */
export const PairHistory = z.object({
  verdict: Verdict,
  /** For `no-pipeline-match`, by the pipelines of now: the conditions that said no, each with its place in stack config. One line each. */
  objections: z.array(z.string()).default([]),
  /** The latest that is known of it; absent: handed on, and nothing was heard yet. */
  latest: z.object({ at: z.iso.datetime(), decision: Decision }).optional(),
});
export type PairHistory = z.infer<typeof PairHistory>;

/** One event of a change. Nothing of what people wrote is in it. */
export const EventHistory = z.object({
  key: z.string(),
  type: z.string(),
  /** When it was received. */
  at: z.iso.datetime(),
  patchSet: z.int(),
  /** Whether the change was private then. */
  isPrivate: z.boolean(),
  /** Whether it is a comment that asks why. */
  asksWhy: z.boolean(),
  /** By pipeline: those it was judged in, and those of now that do not want it. */
  pairs: z.record(z.string(), PairHistory),
});
export type EventHistory = z.infer<typeof EventHistory>;

/** All that the ledger knows of one change. */
export const ChangeHistory = z.object({
  project: z.string(),
  change: z.int(),
  /** In the order in which they were recorded. */
  events: z.array(EventHistory),
  /** How many older ones, of those that could have started something, were left out. */
  omitted: z.int().min(0),
});
export type ChangeHistory = z.infer<typeof ChangeHistory>;
