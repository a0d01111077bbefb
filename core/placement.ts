import { CRITICAL_ADDONS_TAINT, POOL_LABEL, POOL_TAINT, type Pool, type RunPool } from './pool';

// Type aliases, not interfaces: those are no JSON to the compiler.

/** A taint, as a Node has it. */
export type Taint = {
  readonly key: string;
  readonly value: string;
  readonly effect: 'NoSchedule';
};

/** A toleration of one of our taints, as a pod has it. */
export type Toleration = {
  readonly key: string;
  readonly operator: 'Equal' | 'Exists';
  readonly value?: string;
  readonly effect: 'NoSchedule';
};

/** Where pods of the system go: what their pod template says beside everything else. Empty: anywhere. */
export type SystemPlacement = {
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly tolerations?: readonly Toleration[];
};

type NodeSelectorTerm = {
  readonly matchExpressions: readonly {
    readonly key: string;
    readonly operator: 'In';
    readonly values: readonly Pool[];
  }[];
};

/** Where pods of a run go: what its Workflow says beside everything else. Empty: anywhere. */
export type RunPlacement = {
  readonly affinity?: {
    readonly nodeAffinity: {
      readonly requiredDuringSchedulingIgnoredDuringExecution: {
        readonly nodeSelectorTerms: readonly NodeSelectorTerm[];
      };
      readonly preferredDuringSchedulingIgnoredDuringExecution?: readonly {
        readonly weight: number;
        readonly preference: NodeSelectorTerm;
      }[];
    };
  };
  readonly tolerations?: readonly Toleration[];
};

/** Taints of a pool's nodes. */
export function taintsOf(pool: Pool): readonly Taint[] {
  switch (pool) {
    case 'check':
      return [];
    case 'system':
      return [{ key: CRITICAL_ADDONS_TAINT, value: 'true', effect: 'NoSchedule' }];
    default:
      return [{ key: POOL_TAINT, value: pool, effect: 'NoSchedule' }];
  }
}

/** Placement of the system's pods, given the pools there are: its own, or anywhere when it has none. */
export function systemPlacement(pools: readonly Pool[]): SystemPlacement {
  return pools.includes('system')
    ? {
        nodeSelector: { [POOL_LABEL]: 'system' },
        tolerations: [{ key: CRITICAL_ADDONS_TAINT, operator: 'Exists', effect: 'NoSchedule' }],
      }
    : {};
}

/**
 * Placement of a run's pods, given the pools there are; none: anywhere. Gate work goes to check nodes too when its own
 * are full, where its priority makes room for it; the other way round, check work never enters the gate's.
 */
export function runPlacement(pool: RunPool, pools: readonly Pool[]): RunPlacement {
  if (pools.length === 0) {
    return {};
  }
  const wanted: RunPool[] = pool === 'gate' ? ['gate', 'check'] : [pool];
  const usable = wanted.filter((name) => pools.includes(name));
  // A pool without machines: the run waits for one, and says so as unschedulable, rather than go where it must not.
  const required = usable.length === 0 ? wanted : usable;
  const tolerations = required
    .flatMap(taintsOf)
    .map(({ key, value, effect }): Toleration => ({ key, operator: 'Equal', value, effect }));
  return {
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [inPools(required)] },
        ...(required.length > 1
          ? { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, preference: inPools([pool]) }] }
          : {}),
      },
    },
    ...(tolerations.length === 0 ? {} : { tolerations }),
  };
}

const inPools = (values: readonly Pool[]): NodeSelectorTerm => ({
  matchExpressions: [{ key: POOL_LABEL, operator: 'In', values }],
});
