import { POOLS, type Pool } from '../../core/pool';
import type { CapacityConfig, Machine } from '../capacity/config';

/** What says which pools there are. */
export interface PoolSource {
  readonly capacity: Pick<CapacityConfig, 'machinesFrom'>;
  readonly machines: readonly Pick<Machine, 'pool'>[];
}

/**
 * Pools that pods are placed by: those of the machines listed; every one where the cluster's own nodes say theirs. None:
 * nothing is placed.
 */
export function poolsOf({ capacity, machines }: PoolSource): Pool[] {
  if (capacity.machinesFrom === 'cluster') {
    return [...POOLS];
  }
  const present = new Set(machines.map(({ pool }) => pool));
  return POOLS.filter((pool) => present.has(pool));
}
