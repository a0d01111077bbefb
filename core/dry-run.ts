import { z } from 'zod';

/** What the last recorded events of a project would have started, judged by what the events say themselves. */
export const DryRun = z.strictObject({
  /** Events that were looked at. */
  events: z.int().min(0),
  /** By pipeline; one that none of them matches is left out. */
  pipelines: z.record(
    z.string(),
    z.strictObject({
      /** Would have triggered it. */
      would: z.int().min(0),
      /** Would have if what Gerrit has to be asked for (files, groups, votes, topic) had been as wanted. */
      may: z.int().min(0),
    }),
  ),
});
export type DryRun = z.infer<typeof DryRun>;
