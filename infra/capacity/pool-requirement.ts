import type { Pool } from '../../core/pool';
import { cpuQuantity, memoryQuantity, parseQuantity } from '../../core/quantity';
import { allocatableOf, MAX_PODS, reservationsOf } from '../nodes/reservations';
import type { ExecutorShape, Machine } from './config';
import { type PackItem, pack } from './packing/pack';
import type { Amount, PackedPoolNode, PoolRequirement, RequirementLine } from './requirement';
import type { AddOn, NodeShape } from './sizing';

/** Lines that running a load on nodes adds to it. */
export const NodeLine = {
  daemonSets: 'DaemonSets',
  packingLoss: 'bin-packing loss',
  oneNodeDown: 'one node down',
} as const;

/** What is put on the nodes of a pool. */
export interface PoolLoad {
  readonly pool: Pool;
  readonly executors: number;
  /** Lines of what is there to be run, without what running it on nodes adds. */
  readonly lines: readonly RequirementLine[];
  /** The same as pods. */
  readonly items: readonly PackItem[];
}

/** What a pool's nodes are. */
export interface PoolNodes {
  readonly shape: NodeShape;
  /** Where the shape comes from. */
  readonly shapeSource: string;
  readonly daemonSets: readonly AddOn[];
}

/** Nodes for a load: what it needs, what runs on every node, what packing leaves unused, and one node down. */
export function poolRequirement(load: PoolLoad, nodes: PoolNodes): PoolRequirement {
  const { shape, daemonSets } = nodes;
  const machine = { name: `of pool ${load.pool}`, ...shape };
  const allocatable = allocatableOf(machine);
  const daemons = sum(daemonSets.map(amountOf));
  const packed = packOn(load, allocatable, daemons, daemonSets.length);
  const count = packed.length + 1;
  const running = times(allocatable, packed.length);
  const onEveryNode = times(daemons, packed.length);
  const used = sum([...load.lines.map(({ amount }) => amount), onEveryNode]);
  const raw = { cpu: shape.cpu, memory: parseQuantity(shape.memory), disk: parseQuantity(shape.disk) };
  const lines: RequirementLine[] = [
    ...load.lines,
    {
      name: NodeLine.daemonSets,
      amount: onEveryNode,
      source: `capacity.sizing.daemonSets: ${daemonSets.map(describe).join('; ')}; on ${nodesOf(packed.length)}`,
    },
    {
      name: NodeLine.packingLoss,
      amount: minus(running, used),
      source: `first-fit decreasing onto ${nodesOf(packed.length)} of ${print(allocatable)} and ${MAX_PODS} pods`,
    },
    {
      name: NodeLine.oneNodeDown,
      amount: allocatable,
      source: `the load still fits while one node is lost or drained; ${nodes.shapeSource}`,
    },
  ];
  return {
    pool: load.pool,
    executors: load.executors,
    lines,
    total: times(allocatable, count),
    reserved: {
      name: 'kubelet and system reserve',
      amount: times(minus(raw, allocatable), count),
      source: reservationSource(machine, count),
    },
    nodes: count,
    shape: raw,
    packing: packed,
  };
}

function packOn(load: PoolLoad, allocatable: Amount, daemons: Amount, daemonPods: number): PackedPoolNode[] {
  const room = { ...minus(allocatable, daemons), pods: MAX_PODS - daemonPods };
  const sizes = new Map(load.items.map(({ name, size }) => [name, size]));
  const shareOf = (size: Readonly<Record<string, number>>, count: number) => ({
    cpu: ((size['cpu'] ?? 0) * count) / allocatable.cpu,
    memory: ((size['memory'] ?? 0) * count) / allocatable.memory,
  });
  return packInto(load, room).map((pods) => ({
    pods,
    shares: {
      DaemonSets: shareOf({ ...daemons }, 1),
      ...Object.fromEntries(Object.entries(pods).map(([name, count]) => [name, shareOf(sizes.get(name) ?? {}, count)])),
    },
  }));
}

function packInto({ pool, items }: PoolLoad, room: Readonly<Record<string, number>>): PackedPoolNode['pods'][] {
  try {
    return pack(items, room).nodes.map((node) => node.items);
  } catch (error) {
    throw new Error(`pool ${pool}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

/** A pool's machines as one shape: the commonest, of equals the largest; or the default when there are none. */
export function shapeOf(machines: readonly Machine[], otherwise: NodeShape): Omit<PoolNodes, 'daemonSets'> {
  const counts = new Map<string, { shape: NodeShape; count: number }>();
  for (const { cpu, memory, disk } of machines) {
    const key = `${cpu} ${memory} ${disk}`;
    counts.set(key, { shape: { cpu, memory, disk }, count: (counts.get(key)?.count ?? 0) + 1 });
  }
  const [first] = [...counts.values()].sort((a, b) => b.count - a.count || b.shape.cpu - a.shape.cpu);
  if (first === undefined)
    return { shape: otherwise, shapeSource: 'size from capacity.sizing, for the pool has no machine' };
  const rest = counts.size === 1 ? '' : `, the commonest of ${counts.size} sizes there`;
  return { shape: first.shape, shapeSource: `size of ${first.count} machines of the pool${rest}` };
}

/** What one build slot is, as an amount. */
export const slotAmount = ({ cpu, memory, disk }: ExecutorShape): Amount => ({
  cpu: parseQuantity(cpu),
  memory: parseQuantity(memory),
  disk: parseQuantity(disk),
});

export const NOTHING: Amount = { cpu: 0, memory: 0, disk: 0 };

/** Sum of amounts, in whole thousandths of cores. */
export const sum = (amounts: readonly Amount[]): Amount =>
  amounts.reduce(
    (total, { cpu, memory, disk }) => ({
      cpu: exact(total.cpu + cpu),
      memory: total.memory + memory,
      disk: total.disk + disk,
    }),
    NOTHING,
  );

export const times = ({ cpu, memory, disk }: Amount, count: number): Amount => ({
  cpu: exact(cpu * count),
  memory: memory * count,
  disk: disk * count,
});

const minus = (a: Amount, b: Amount): Amount => ({
  cpu: exact(a.cpu - b.cpu),
  memory: a.memory - b.memory,
  disk: a.disk - b.disk,
});

/** Cores are added in thousandths: binary fractions would leave hairs. */
const exact = (cores: number): number => Math.round(cores * 1000) / 1000;

const amountOf = ({ cpu, memory }: AddOn): Amount => ({
  cpu: parseQuantity(cpu),
  memory: parseQuantity(memory),
  disk: 0,
});

const describe = ({ name, cpu, memory }: AddOn): string => `${name} ${cpu}${memory === '0' ? '' : `, ${memory}`}`;
const nodesOf = (count: number): string => (count === 1 ? 'one node' : `${count} nodes`);
const print = ({ cpu, memory, disk }: Amount): string =>
  `${cpuQuantity(cpu)} cores, ${memoryQuantity(memory)} memory, ${memoryQuantity(disk)} disk`;

function reservationSource(machine: Machine | (NodeShape & { name: string }), count: number): string {
  const { kube, system, eviction } = reservationsOf(machine);
  const parts = [
    `kubelet and runtime ${print(kube)} (GKE's formula for CPU and disk, EKS's for memory)`,
    `operating system ${print(system)} (OpenShift's default)`,
    `eviction threshold ${print(eviction)} (Kubernetes' defaults)`,
  ];
  return `on ${nodesOf(count)}, each: ${parts.join('; ')}`;
}
