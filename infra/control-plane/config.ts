import { z } from 'zod';
import { QUANTITY_PATTERN } from '../../core/quantity';

/** What the control plane is trusted to bear; a stack that asks for more is not rendered. */
export const ControlPlaneConfig = z.strictObject({
  etcdQuota: z
    .string()
    .regex(QUANTITY_PATTERN, 'must be a Kubernetes quantity, such as 2Gi')
    .default('8Gi')
    .describe(
      "etcd's space quota, its flag `--quota-backend-bytes`: 2Gi unless set, and 8Gi is the most its makers advise.",
    ),
  namespaces: z
    .int()
    .min(1)
    .default(10_000)
    .describe('Namespaces of projects; Kubernetes is tested with 10,000 in all.'),
  watchEventsPerSecond: z
    .int()
    .min(1)
    .default(5_000)
    .describe(
      'Events a second that the API server hands to watchers, each counted once for each. No such limit is published; this one is ours, until you have measured yours.',
    ),
  stepsPerRun: z.number().min(1).default(3).describe('Pods of an average run.'),
});
export type ControlPlaneConfig = z.infer<typeof ControlPlaneConfig>;
