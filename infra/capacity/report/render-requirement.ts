import type { PoolRequirement, Requirement } from '../requirement';
import { amountCells, cores, gib, percent, table } from './format';

/** Pools on one screen: what each needs and what machines that is. */
export function renderPools({ pools }: Requirement): string {
  const rows = pools.map(({ pool, executors, nodes, shape, total, reserved }) => [
    pool,
    executors === 0 ? '–' : String(executors),
    String(nodes),
    `${cores(shape.cpu)} cores, ${gib(shape.memory)} GiB, ${gib(shape.disk)} GiB`,
    ...amountCells(total),
    cores(reserved.amount.cpu),
    gib(reserved.amount.memory),
  ]);
  const header = [
    'pool',
    'executors',
    'nodes',
    'each (CPU, memory, disk)',
    'allocatable CPU',
    'memory GiB',
    'disk GiB',
    'reserved CPU',
    'reserved GiB',
  ];
  return table(header, rows, ['left', 'right', 'right', 'left', 'right', 'right', 'right', 'right', 'right']);
}

/** Every line of a pool with its source. */
export function renderLines({ lines, total, reserved, nodes, shape }: PoolRequirement): string {
  const rows = [
    ...lines.map(({ name, amount, source }) => [name, ...amountCells(amount), source]),
    ['**allocatable in all**', ...amountCells(total), 'sum of the lines above'],
    [reserved.name, ...amountCells(reserved.amount), reserved.source],
    [
      '**machines**',
      ...amountCells({ cpu: shape.cpu * nodes, memory: shape.memory * nodes, disk: shape.disk * nodes }),
      `${nodes} × (${cores(shape.cpu)} cores, ${gib(shape.memory)} GiB memory, ${gib(shape.disk)} GiB disk)`,
    ],
  ];
  return table(['line', 'CPU', 'memory GiB', 'disk GiB', 'source'], rows, ['left', 'right', 'right', 'right', 'left']);
}

/** Volumes that grow, and whether stack config gives them enough. */
export function renderStorage({ storage }: Requirement): string {
  const rows = storage.map(({ name, bytes, configured, source }) => [
    name,
    gib(bytes),
    gib(configured),
    bytes <= configured ? `${percent(bytes / configured, 0)} used` : '**too small**',
    source,
  ]);
  return table(['volume', 'needed GiB', 'configured GiB', '', 'source'], rows, [
    'left',
    'right',
    'right',
    'left',
    'left',
  ]);
}

/** Limits of each project of a class. */
export function renderQuotas({ quotas }: Requirement): string {
  const rows = Object.entries(quotas).map(([name, { pods, cpu, memory, maxContainerCpu, maxContainerMemory }]) => [
    name,
    String(pods),
    cpu,
    memory,
    maxContainerCpu,
    maxContainerMemory,
  ]);
  const header = ['class', 'pods', 'CPU', 'memory', 'largest container CPU', 'memory'];
  return table(header, rows, ['left', 'right', 'right', 'right', 'right', 'right']);
}

/** Who pushes out whom. */
export function renderPriorities({ priorityClasses }: Requirement): string {
  const rows = priorityClasses.map(({ name, value, preempts, description }) => [
    name,
    String(value),
    preempts ? 'yes' : 'no',
    description,
  ]);
  return table(['PriorityClass', 'value', 'pushes out lower', 'for'], rows, ['left', 'right', 'left', 'left']);
}
