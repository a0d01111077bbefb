import { z } from 'zod';

/** Why all runs of a change are stopped. */
export const StopReason = z.enum(['change-abandoned', 'change-deleted', 'dequeued']);
export type StopReason = z.infer<typeof StopReason>;
