import { z } from 'zod';

/** Capacity of a stack, as its program says it: what a rendering begins with. */
export const CapacitySummary = z.object({
  /** Day it is enough until; absent: no forecast is configured. */
  until: z.string().optional(),
  pools: z.array(
    z.object({
      pool: z.string(),
      executors: z.number(),
      /** Cores, and bytes. */
      cpu: z.number(),
      memory: z.number(),
      disk: z.number(),
      nodes: z.number(),
    }),
  ),
  /** Machines the stack lists, by pool: how many, cores and bytes. */
  machines: z.array(z.object({ pool: z.string(), nodes: z.number(), cpu: z.number(), memory: z.number() })),
  /** Quotas of the classes, and how many projects have each. */
  classes: z.array(
    z.object({ name: z.string(), projects: z.number(), pods: z.number(), cpu: z.string(), memory: z.string() }),
  ),
  /** What does not fit the machines, a sentence each. Undefined: not judged. */
  shortfalls: z.array(z.string()).optional(),
});
export type CapacitySummary = z.infer<typeof CapacitySummary>;

/** What a stack says that no object shows: rules it is excused from. */
export const Excuses = z.object({
  /** Names of images that may stay without a digest. */
  unpinnedImages: z.array(z.string()),
  /** Whether an update goes on although the running system does not fit the machines. */
  acceptShortfall: z.boolean(),
});
export type Excuses = z.infer<typeof Excuses>;
