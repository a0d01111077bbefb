import { z } from 'zod';
import { DOMAIN } from './labels';

/**
 * Groups of machines, by what may run there. `check` is where a pod without any say lands; the others are tainted, so
 * that gate and deploy work finds room however much is being checked.
 */
export const POOLS = ['system', 'gate', 'check', 'heavy', 'security'] as const;
export const Pool = z.enum(POOLS);
export type Pool = z.infer<typeof Pool>;

/** Pools runs go to; `system` is the CI system's own. */
export const RunPool = Pool.exclude(['system']);
export type RunPool = z.infer<typeof RunPool>;

/**
 * On a node: its pool. Under the one prefix that a kubelet may not write on its own node: unreviewed code that broke out
 * of its pod could otherwise call a check node `security` and be sent what must not be seen there.
 *
 * @see https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#node-isolation-restriction
 */
export const POOL_LABEL = `${DOMAIN}.node-restriction.kubernetes.io/pool`;

/** Key of the taint of a pool whose work is set apart; its value is the pool. */
export const POOL_TAINT = `${DOMAIN}/pool`;

/** Value of `POOL_TAINT` with which a machine joins, so that nothing lands on it before the stack has placed it. */
export const UNASSIGNED = 'unassigned';

/** Taint of the `system` pool: one that cluster add-ons such as CoreDNS tolerate as they come. */
export const CRITICAL_ADDONS_TAINT = 'CriticalAddonsOnly';
