import type { Construct } from 'constructs';
import { type SystemPlacement, systemPlacement } from '../core/placement';
import type { Pool } from '../core/pool';

const KEY = 'seakeeper:system-placement';

/**
 * Says for everything below `scope` which pools there are. Context of the tree rather than a prop of each chart: no pod of
 * the system can then be left out by a chart that forgot to hand it on.
 */
export function placeSystem(scope: Construct, pools: readonly Pool[]): void {
  scope.node.setContext(KEY, systemPlacement(pools));
}

/** Where pods of the system go, as the nearest `placeSystem` above says; anywhere without one. */
export function systemPlacementOf(scope: Construct): {
  nodeSelector?: Record<string, string>;
  tolerations?: Mutable<NonNullable<SystemPlacement['tolerations']>[number]>[];
} {
  const placement: SystemPlacement = scope.node.tryGetContext(KEY) ?? {};
  const { nodeSelector, tolerations } = placement;
  return {
    ...(nodeSelector === undefined ? {} : { nodeSelector: { ...nodeSelector } }),
    ...(tolerations === undefined ? {} : { tolerations: tolerations.map((toleration) => ({ ...toleration })) }),
  };
}

/** The Kubernetes types want lists and objects they could change. */
type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };
