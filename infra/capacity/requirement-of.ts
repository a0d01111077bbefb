import { type Pool, RunPool } from '../../core/pool';
import { parseQuantity } from '../../core/quantity';
import { assumptionsOf } from './assumptions';
import type { CapacityConfig, ClassConfig, Machine } from './config';
import type { DemandFile, PoolDemand } from './demand-file';
import { type DailyNeed, dailyNeed, growthUntil, needUntil } from './executors';
import { gateWindow } from './gate-window';
import type { PackItem } from './packing/pack';
import { NOTHING, type PoolLoad, poolRequirement, shapeOf, slotAmount, sum, times } from './pool-requirement';
import { PRIORITY_CLASSES } from './priority-classes';
import { quotaOf } from './quota';
import type { Amount, PoolRequirement, Requirement, RequirementLine } from './requirement';
import { type AddOn, shapeOfPool } from './sizing';
import { type StorageConfig, storageOf } from './storage';

/** A workload of the system, as its construct requests it. */
export interface SystemWorkload {
  readonly namespace: string;
  readonly name: string;
  readonly replicas: number;
  /** Requests of one pod, all its containers together. */
  readonly amount: Amount;
}

/** What a requirement is computed from. */
export interface RequirementInputs {
  readonly capacity: CapacityConfig;
  readonly machines: readonly Machine[];
  readonly classes: Readonly<Record<string, ClassConfig>>;
  /** Sizes and retention of the system's volumes. */
  readonly system: StorageConfig;
  /** What the constructs request. Absent: not known yet, and pool `system` is left out. */
  readonly systemWorkloads?: readonly SystemWorkload[];
  /** What `capacity.demand` names. Absent: pools that take runs are left out. */
  readonly demand?: DemandFile;
}

/**
 * What the cluster needs. Pure: same inputs, same object. Throws when the target day is outside the forecast, or a pod is
 * larger than a node of its pool.
 */
export function requirementOf(inputs: RequirementInputs): Requirement {
  const { capacity, classes, demand } = inputs;
  const pools = poolsOf(demand, capacity);
  const until = targetDay(capacity, pools);
  return {
    ...(until === undefined ? {} : { until }),
    pools: [...systemPool(inputs), ...(until === undefined ? [] : pools.map((pool) => runPool(pool, inputs, until)))],
    quotas: Object.fromEntries(
      Object.entries(classes).map(([name, projectClass]) => [name, quotaOf(projectClass, capacity.executor)]),
    ),
    priorityClasses: PRIORITY_CLASSES,
    gateWindow: gateWindow(capacity.sizing.gateFailureRate),
    forecast: Object.fromEntries(
      pools.map(({ pool, needs }) => [pool, needs.map(({ date, p50, p90 }) => ({ date, p50, p90 }))]),
    ),
    storage: until === undefined ? [] : storageOf(inputs, { perDay: runsPerDay(pools, until), until }),
    assumptions: assumptionsOf(inputs, until),
  };
}

/** A pool with demand. */
interface DemandedPool {
  readonly pool: RunPool;
  readonly demand: PoolDemand;
  /** Executors it needs each day of the forecast. */
  readonly needs: readonly DailyNeed[];
}

/** Pools with demand, in the order of their names' list. */
const poolsOf = (file: DemandFile | undefined, { sizing }: CapacityConfig): DemandedPool[] =>
  RunPool.options.flatMap((pool) => {
    const demand = file?.pools[pool];
    return demand === undefined ? [] : [{ pool, demand, needs: dailyNeed(demand, sizing.wait) }];
  });

/** Configured day, or the last one that all pools' forecasts have. */
function targetDay({ sizing }: CapacityConfig, pools: readonly DemandedPool[]): string | undefined {
  const last = pools.flatMap(({ needs }) => needs.at(-1)?.date ?? []).sort()[0];
  if (last === undefined) return undefined;
  const { until } = sizing;
  if (until !== undefined && until > last) {
    throw new Error(
      `capacity.sizing.until is ${until}, and the forecast ends on ${last}; choose an earlier day or forecast further: npm run capacity -- --builds FILE --until ${until} --save PATH`,
    );
  }
  return until ?? last;
}

/** Runs a day over all pools, grown as their forecasts grow. */
const runsPerDay = (pools: readonly DemandedPool[], until: string): number =>
  pools.reduce((total, { demand, needs }) => total + demand.perDay * growthUntil(needs, until), 0);

const runPool = (of: DemandedPool, { capacity, machines }: RequirementInputs, until: string): PoolRequirement =>
  poolRequirement(runLoad(of, capacity, until), nodesOf(of.pool, capacity, machines));

const nodesOf = (pool: Pool, { sizing }: CapacityConfig, machines: readonly Machine[]) => ({
  ...shapeOf(
    machines.filter((machine) => machine.pool === pool),
    shapeOfPool(pool, sizing),
  ),
  daemonSets: sizing.daemonSets,
});

function runLoad({ pool, demand, needs }: DemandedPool, capacity: CapacityConfig, until: string): PoolLoad {
  const { executors, date, peak, queueing } = needUntil(needs, until);
  const slot = slotAmount(capacity.executor);
  const items = executorItems(executors, demand, capacity);
  const compute = sum(
    items.map(({ size, count }) => times({ cpu: size['cpu'] ?? 0, memory: size['memory'] ?? 0, disk: 0 }, count)),
  );
  const { seconds, share } = capacity.sizing.wait;
  const requested = demand.shapes.length === 0 ? 'each is one slot' : 'each requests what builds of the log did';
  return {
    pool,
    executors,
    items,
    lines: [
      {
        name: 'executors',
        amount: compute,
        source: `${executors}: until ${until} the most builds at once reach ${peak.toFixed(1)} at P90 on ${date}, and Erlang C asks for ${queueing} so that ${share * 100} % wait at most ${seconds} s; ${requested}`,
      },
      {
        name: 'workspaces and images',
        amount: { ...NOTHING, disk: slot.disk * executors },
        source: `capacity.executor.disk ${capacity.executor.disk} for each executor; the proposal's agents have 80 G for 4`,
      },
    ],
  };
}

/** Executors by what they request, in whole ones: shares are rounded by largest remainder. */
function executorItems(executors: number, { shapes }: PoolDemand, { executor }: CapacityConfig): PackItem[] {
  const slot = slotAmount(executor);
  if (shapes.length === 0) {
    return [{ name: 'executor', count: executors, size: { ...slot, pods: executor.pods } }];
  }
  const whole = shapes.reduce((total, { share }) => total + share, 0);
  const exact = shapes.map(({ share }) => (executors * share) / whole);
  const counts = exact.map(Math.floor);
  const byRemainder = exact.map((value, index) => ({ index, rest: value % 1 })).sort((a, b) => b.rest - a.rest);
  const left = executors - counts.reduce((total, count) => total + count, 0);
  for (const { index } of byRemainder.slice(0, left)) counts[index] = (counts[index] ?? 0) + 1;
  return shapes.map(({ cpu, memory }, index) => ({
    name: `build of ${cpu} cores, ${(memory / 2 ** 30).toFixed(1)} GiB`,
    count: counts[index] ?? 0,
    size: { cpu, memory, disk: slot.disk, pods: executor.pods },
  }));
}

function systemPool({ capacity, machines, systemWorkloads }: RequirementInputs): PoolRequirement[] {
  if (systemWorkloads === undefined) return [];
  const addOns = capacity.sizing.addOns.map((addOn) => addOnWorkload(addOn));
  const workloads = [
    ...systemWorkloads.map((workload) => ({ ...workload, source: "the construct's requests" })),
    ...addOns,
  ];
  const lines = workloads.map(
    ({ namespace, name, replicas, amount, source }): RequirementLine => ({
      name: `${namespace}/${name}`,
      amount: times(amount, replicas),
      source: `${source}; ${replicas === 1 ? 'one pod' : `${replicas} pods`}`,
    }),
  );
  const items = workloads.map(
    ({ namespace, name, replicas, amount }): PackItem => ({
      name: `${namespace}/${name}`,
      count: replicas,
      size: { ...amount, pods: 1 },
    }),
  );
  const nodes = nodesOf('system', capacity, machines);
  return [poolRequirement({ pool: 'system', executors: 0, lines, items }, nodes)];
}

function addOnWorkload({ name, cpu, memory, source, replicas }: AddOn & { replicas: number }) {
  const amount = { cpu: parseQuantity(cpu), memory: parseQuantity(memory), disk: 0 };
  return { namespace: 'kube-system', name, replicas, amount, source };
}
