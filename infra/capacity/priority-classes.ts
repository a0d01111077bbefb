import { PriorityClass } from '../../core/access';
import type { PriorityRow } from './requirement';

/**
 * The PriorityClasses, highest first. Far below Kubernetes' own system classes (two billion), far above what a site gives
 * its applications. `value` and whether one preempts cannot be changed of a class that is there: rename it instead.
 *
 * @see https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/
 */
export const PRIORITY_CLASSES: readonly PriorityRow[] = [
  { name: PriorityClass.system, value: 1_000_000, description: 'Seakeeper itself', preempts: true },
  {
    name: PriorityClass['post-review'],
    value: 10_000,
    description: 'Runs of reviewed code: gate and deploy work',
    preempts: true,
  },
  {
    name: PriorityClass['pre-review'],
    value: 1_000,
    description: "Runs of anybody's code: check work",
    preempts: true,
  },
];
