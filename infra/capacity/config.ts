import { z } from 'zod';
import { Pool, RunPool } from '../../core/pool';
import { QUANTITY_PATTERN } from '../../core/quantity';
import { SizingConfig } from './sizing';

const Quantity = z.string().regex(QUANTITY_PATTERN, 'must be a Kubernetes quantity, such as 500m or 6Gi');

/** What one build slot is given. */
export const ExecutorShape = z.strictObject({
  cpu: Quantity.default('2').describe('Cores.'),
  memory: Quantity.default('6Gi').describe('Memory.'),
  disk: Quantity.default('20Gi').describe("Disk of a run's workspace and image layers."),
  pods: z.int().min(1).default(5).describe('Pods a run may have at once in its slot: its steps side by side.'),
});
export type ExecutorShape = z.infer<typeof ExecutorShape>;

/** What a project class may use, in build slots; quotas are computed from it and typed nowhere. */
export const ClassConfig = z.strictObject({
  executors: z.number().positive().describe('Build slots at once; the quota of each project of the class.'),
  containerExecutors: z.number().positive().default(1).describe('Slots the largest single container may take.'),
  parallelism: z
    .int()
    .min(1)
    .optional()
    .describe('Runs of all its projects at once; further ones wait their turn. Absent: only the other limits hold.'),
  pool: RunPool.exclude(['gate'])
    .optional()
    .describe(
      'Pool its runs go to, whatever their pipeline says. Not `gate`: unreviewed code of the class would go there too.',
    ),
});
export type ClassConfig = z.infer<typeof ClassConfig>;

/** How the capacity model is fed. */
export const CapacityConfig = z.strictObject({
  executor: ExecutorShape.prefault({}).describe('What one build slot is given.'),
  demand: z
    .string()
    .optional()
    .describe(
      'File with the forecast, relative to the project, as `npm run capacity -- --builds FILE --save` writes it. Absent: no forecast, and nodes are not judged by one.',
    ),
  machinesFrom: z
    .enum(['config', 'cluster'])
    .default('config')
    .describe('Where the machines are known from: `machines`, or the nodes of the cluster and their pool labels.'),
  sizing: SizingConfig.prefault({}).describe('How machines are computed from demand.'),
  acceptShortfall: z
    .boolean()
    .default(false)
    .describe('Whether `pulumi up` goes on although the running system itself does not fit the machines.'),
});
export type CapacityConfig = z.infer<typeof CapacityConfig>;

/** A machine of the cluster, as ServiceOps have it. */
export const Machine = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/, 'must be a node name: a-z, 0-9, - and .')
    .describe('Node name.'),
  cpu: z.number().positive().describe('Cores.'),
  memory: Quantity.describe('Memory.'),
  disk: Quantity.describe('Disk for images and workspaces.'),
  pool: Pool.describe('Which work it takes.'),
});
export type Machine = z.infer<typeof Machine>;
