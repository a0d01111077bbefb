import { z } from 'zod';

/** How long leading lasts. Milliseconds; the API server's own components use the same. */
export interface LeaseTimings {
  /** A leader who was not heard of for so long leads no more. @default 15000 */
  readonly leaseMs: number;
  /** A leader who could not renew for so long stops by itself, well before others may take over. @default 10000 */
  readonly renewWithinMs: number;
  /** Between two renewals, and between two looks at another's lease. @default 2000 */
  readonly retryMs: number;
}

export const LEASE_TIMINGS: LeaseTimings = { leaseMs: 15_000, renewWithinMs: 10_000, retryMs: 2_000 };

/** A coordination.k8s.io/v1 Lease, as far as an election reads it. Times are the writer's clock: never compared. */
export const Lease = z.object({
  metadata: z.object({ resourceVersion: z.string(), annotations: z.record(z.string(), z.string()).nullish() }),
  spec: z
    .object({
      holderIdentity: z.string().nullish(),
      leaseDurationSeconds: z.number().nullish(),
      acquireTime: z.string().nullish(),
      renewTime: z.string().nullish(),
      leaseTransitions: z.number().nullish(),
    })
    .default({}),
});
export type Lease = z.infer<typeof Lease>;

/** A lease as this process saw it: what it says, and since when by our own clock it has said so. */
export interface Observation {
  /** Undefined when there is none. */
  readonly lease: Lease | undefined;
  /** Milliseconds of the monotonic clock. */
  readonly since: number;
}
