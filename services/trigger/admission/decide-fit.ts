import { type Amount, type Resource, shortOf } from './model-amount';
import type { Need } from './model-need';
import type { ContainerProblem } from './model-pod';

/** Whether a run can ever begin in a namespace with this quota. */
export type Fit =
  | {
      readonly kind: 'fits';
      /** Pods side by side it is let have: as many as it asks for, or as the whole quota holds. */
      readonly parallelism: number;
      /** The most it then takes at once. */
      readonly need: Amount;
    }
  /** A container is larger than the namespace's LimitRange has it. */
  | { readonly kind: 'container'; readonly problem: ContainerProblem }
  /** A single pod of it is larger than the whole quota. */
  | { readonly kind: 'pod'; readonly resource: Resource; readonly wanted: number; readonly hard: number };

/**
 * Fits a run into the whole quota. One that is wider than that runs narrower: Argo would try its further pods again and
 * again without a word until the first are done, which comes to the same and nobody sees why.
 */
export function decideFit(need: Need, hard: Partial<Amount>): Fit {
  const [problem] = need.problems;
  if (problem !== undefined) {
    return { kind: 'container', problem };
  }
  for (let parallelism = need.parallelism; parallelism >= 1; parallelism--) {
    const peak = need.peakAt(parallelism);
    if (shortOf(peak, hard) === undefined) {
      return { kind: 'fits', parallelism, need: peak };
    }
  }
  const one = need.peakAt(1);
  const resource = shortOf(one, hard) ?? 'pods';
  return { kind: 'pod', resource, wanted: one[resource], hard: hard[resource] ?? 0 };
}
