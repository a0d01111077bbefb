import type { RunPool } from '../../../core/pool';
import { parseQuantity } from '../../../core/quantity';
import { allocatableOf } from '../../nodes/reservations';
import type { CapacityConfig } from '../config';
import { slotAmount } from '../pool-requirement';
import type { NodeGroup } from '../simulation/parse-nodes';
import { simulate } from '../simulation/simulate';
import type { SimulatedNode, SimulationOptions, SimulationResult } from '../simulation/types';
import type { BuildColumns } from '../trace/build-columns';
import { toTrace } from '../trace/to-trace';
import { duration, number, percent, table } from './format';

/** Pool of machines that have none: every build may go there. */
const ANY = 'any';

/** A "what if": builds as they came, on machines that are not there yet. */
export interface ReplayProps {
  /** Sorted by start. */
  readonly columns: BuildColumns;
  readonly groups: readonly NodeGroup[];
  readonly capacity: CapacityConfig;
  readonly options: SimulationOptions;
  /** Price of one machine for an hour, in any currency. */
  readonly pricePerNodeHour?: number;
}

/** What came of it. */
export interface Replay extends SimulationResult {
  readonly nodes: readonly SimulatedNode[];
  /** Node hours × price. Absent without a price. */
  readonly cost?: number;
}

/** Runs every build of a log on the machines given, less what kubelet, system and DaemonSets take. */
export function replay({ columns, groups, capacity, options, pricePerNodeHour }: ReplayProps): Replay {
  const nodes = groups.flatMap((group, index) => machinesOf(group, index, capacity));
  const withPools = groups.some(({ pool }) => pool !== undefined);
  const poolsOf = (pool: RunPool): string[] => {
    if (!withPools) return [ANY];
    // As runs are placed: gate work spills over to check nodes, and nothing else goes elsewhere.
    return pool === 'gate' ? ['gate', 'check'] : [pool];
  };
  const trace = toTrace(columns, { slot: slotAmount(capacity.executor), poolsOf });
  const result = simulate(trace, nodes, options);
  return { ...result, nodes, ...(pricePerNodeHour === undefined ? {} : { cost: result.nodeHours * pricePerNodeHour }) };
}

function machinesOf({ count, cpu, memory, pool }: NodeGroup, group: number, capacity: CapacityConfig): SimulatedNode[] {
  const { daemonSets, node } = capacity.sizing;
  const name = `${pool ?? ANY}-${group + 1}`;
  // Builds are not simulated to fill disks; the default size is there for the reservations' formula.
  const allocatable = allocatableOf({ name, cpu, memory, disk: node.disk });
  const taken = (key: 'cpu' | 'memory') => daemonSets.reduce((sum, daemon) => sum + parseQuantity(daemon[key]), 0);
  return Array.from({ length: count }, (_, index) => ({
    name: `${name}-${index + 1}`,
    cpu: Math.max(0, allocatable.cpu - taken('cpu')),
    memory: Math.max(0, allocatable.memory - taken('memory')),
    pool: pool ?? ANY,
  }));
}

/** What the groups are called, and how many of them are shown. */
const MOST_GROUPS = 20;

/** A replay for people, as Markdown that reads well in a terminal. */
export function renderReplay(
  result: Replay,
  { file, pricePerNodeHour }: { file: string; pricePerNodeHour?: number },
): string {
  const { waits, nodes, utilisation, hours, nodeHours, cost, neverFits, preempted, lostSeconds } = result;
  const facts = [
    `${number(waits.builds, 0)} builds of ${file} over ${number(hours / 24, 1)} days on ${nodes.length} machines (${poolCounts(nodes)})`,
    `Wait: P50 ${duration(waits.p50)}, P95 ${duration(waits.p95)}, P99 ${duration(waits.p99)}, longest ${duration(waits.longest)}; ${percent(waits.good)} good`,
    `In use: ${percent(utilisation.cpu)} of the CPU and ${percent(utilisation.memory)} of the memory that builds may request`,
    `Cost: ${number(nodeHours, 0)} node hours (machines × hours from first to last build)${cost === undefined ? '; with --price-per-node-hour also in money' : `, ${number(cost, 2)} at ${pricePerNodeHour} each`}`,
    `Starvation: ${number(waits.starved, 0)} builds waited longer than allowed, the longest ${duration(waits.longest)}`,
    ...(preempted === 0
      ? []
      : [
          `Pushed out: ${number(preempted, 0)} starts by builds of higher priority, ${duration(lostSeconds)} of work done anew`,
        ]),
    ...(neverFits === 0
      ? []
      : [`**${number(neverFits, 0)} builds never ran**: they request more than any machine of their pool has`]),
  ];
  const rows = [...result.groups]
    .sort((a, b) => b.longest - a.longest || b.builds - a.builds || (a.group < b.group ? -1 : 1))
    .slice(0, MOST_GROUPS)
    .map(({ group, builds, p50, p95, longest, starved }) => [
      group,
      number(builds, 0),
      duration(p50),
      duration(p95),
      duration(longest),
      number(starved, 0),
    ]);
  const rest = result.groups.length - rows.length;
  return [
    facts.map((fact) => `- ${fact}`).join('\n'),
    table(['who', 'builds', 'wait P50', 'P95', 'longest', 'starved'], rows, [
      'left',
      'right',
      'right',
      'right',
      'right',
      'right',
    ]),
    ...(rest > 0 ? [`${rest} more groups waited no longer.`] : []),
  ].join('\n\n');
}

function poolCounts(nodes: readonly SimulatedNode[]): string {
  const counts = new Map<string, number>();
  for (const { pool } of nodes) counts.set(pool, (counts.get(pool) ?? 0) + 1);
  return [...counts].map(([pool, count]) => `${pool}: ${count}`).join(', ');
}
