import { z } from 'zod';
import { POOL_LABEL, Pool } from '../../core/pool';
import { parseQuantity } from '../../core/quantity';
import type { PoolNode } from './fit';

const Node = z.object({
  metadata: z.object({ name: z.string(), labels: z.record(z.string(), z.string()).default({}) }),
  status: z.object({ allocatable: z.record(z.string(), z.string()).default({}) }).default({ allocatable: {} }),
});

/**
 * A node as the API server has it; undefined when no pool is written on it. A kubelet that does not measure its disk is
 * taken to have enough. Throws when what it offers is not there to be read.
 */
export function parseNode(object: unknown): PoolNode | undefined {
  const { metadata, status } = Node.parse(object);
  const pool = Pool.safeParse(metadata.labels[POOL_LABEL]);
  if (!pool.success) {
    return undefined;
  }
  const { cpu, memory, 'ephemeral-storage': disk } = status.allocatable;
  if (cpu === undefined || memory === undefined) {
    throw new Error(`node ${metadata.name} says nothing of its cpu and memory; see why its kubelet does not report`);
  }
  return {
    name: metadata.name,
    pool: pool.data,
    allocatable: {
      cpu: parseQuantity(cpu),
      memory: parseQuantity(memory),
      disk: disk === undefined ? Number.POSITIVE_INFINITY : parseQuantity(disk),
    },
  };
}
