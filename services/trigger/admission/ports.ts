import type { Amount } from './model-amount';
import type { Look } from './model-line';
import type { ContainerLimits } from './model-pod';

/** What a namespace's quota and limits allow a run at most. */
export interface Room {
  readonly hard: Partial<Amount>;
  readonly limits: ContainerLimits;
  /** The quota as it stands. */
  readonly look: Look;
}

/** Quotas as the API server has them. */
export interface Quotas {
  /** `exact`: the look is with the pods that have not ended, by Workflow. */
  room(namespace: string, exact: boolean): Promise<Room>;
  look(namespace: string, exact: boolean): Promise<Look>;
}
