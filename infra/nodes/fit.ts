import { POOLS, type Pool } from '../../core/pool';
import type { Machine } from '../capacity/config';
import { NodeLine, sum } from '../capacity/pool-requirement';
import type { Amount, PoolRequirement, Requirement } from '../capacity/requirement';
import { allocatableOf } from './reservations';

/** A node and what pods may request on it: cores, bytes. */
export interface PoolNode {
  readonly name: string;
  readonly pool: Pool;
  readonly allocatable: Amount;
}

/** How a pool's nodes compare with what it must offer. */
export interface PoolFit {
  readonly pool: Pool;
  readonly nodes: number;
  readonly allocatable: Amount;
  readonly required: Amount;
  /** What there is too little of, each 0 or more. */
  readonly missing: Amount;
  /** Nodes of the size the requirement was computed for. */
  readonly nodesRequired: number;
  /** Build slots these nodes offer by the requirement's own lines, and those required. */
  readonly executors: number;
  readonly executorsRequired: number;
  /** First day of the forecast on which P90 needs more build slots than there are. */
  readonly breaksOn?: string;
}

/** Whether the nodes offer what is required. */
export interface Fit {
  readonly pools: readonly PoolFit[];
  /** Day the requirement is for; absent without a forecast. */
  readonly until?: string;
  /**
   * What the running system itself lacks, on the nodes it may use, with no node to spare. All 0: it runs, whether or not
   * there is room for what else is required.
   */
  readonly systemMissing: Amount;
}

/** The machines of stack config as nodes. */
export const nodesOfMachines = (machines: readonly Machine[]): PoolNode[] =>
  machines.map((machine) => ({ name: machine.name, pool: machine.pool, allocatable: allocatableOf(machine) }));

/**
 * Compares what nodes offer with what is required, pool by pool. Amounts are compared as sums: how well pods of odd sizes
 * pack is in the requirement, as a line of its own.
 */
export function fitOf(requirement: Requirement, nodes: readonly PoolNode[]): Fit {
  const { until } = requirement;
  return {
    pools: POOLS.flatMap((pool) => {
      const required = requirement.pools.find((each) => each.pool === pool);
      return required === undefined ? [] : [poolFit(required, requirement, nodesFor(pool, nodes))];
    }),
    ...(until === undefined ? {} : { until }),
    systemMissing: systemMissing(requirement, nodes),
  };
}

/** Nodes a pool's work stands on: the system's go anywhere untainted when it has none of its own. */
function nodesFor(pool: Pool, nodes: readonly PoolNode[]): readonly PoolNode[] {
  const own = nodes.filter((node) => node.pool === pool);
  return pool === 'system' && own.length === 0 ? nodes.filter((node) => node.pool === 'check') : own;
}

function poolFit(required: PoolRequirement, { forecast }: Requirement, nodes: readonly PoolNode[]): PoolFit {
  const { pool, total } = required;
  const allocatable = sum(nodes.map((node) => node.allocatable));
  // Everything a pool needs, overhead included, grows with its build slots.
  const share = Math.min(
    ...(['cpu', 'memory', 'disk'] as const).map((key) => (total[key] === 0 ? 1 : allocatable[key] / total[key])),
  );
  const executors = Math.floor(required.executors * share + 1e-9);
  const breaksOn = forecast[pool]?.find(({ p90 }) => p90 > executors)?.date;
  return {
    pool,
    nodes: nodes.length,
    allocatable,
    required: total,
    missing: missingOf(total, allocatable),
    nodesRequired: required.nodes,
    executors,
    executorsRequired: required.executors,
    ...(breaksOn === undefined ? {} : { breaksOn }),
  };
}

/** Lines of pool `system` that are room to spare, without which the system still runs. */
const TO_SPARE: readonly string[] = [NodeLine.packingLoss, NodeLine.oneNodeDown];

function systemMissing({ pools }: Requirement, nodes: readonly PoolNode[]): Amount {
  const lines = pools.find(({ pool }) => pool === 'system')?.lines ?? [];
  const running = sum(lines.filter(({ name }) => !TO_SPARE.includes(name)).map(({ amount }) => amount));
  return missingOf(running, sum(nodesFor('system', nodes).map(({ allocatable }) => allocatable)));
}

function missingOf(required: Amount, offered: Amount): Amount {
  const missing = (key: keyof Amount) => Math.max(0, required[key] - offered[key]);
  return { cpu: Math.round(missing('cpu') * 1000) / 1000, memory: missing('memory'), disk: missing('disk') };
}

/** Whether something is missing. */
export const isShort = ({ cpu, memory, disk }: Amount): boolean => cpu > 0 || memory > 0 || disk > 0;
