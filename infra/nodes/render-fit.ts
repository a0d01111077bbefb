import { cpuQuantity, memoryQuantity } from '../../core/quantity';
import type { Amount } from '../capacity/requirement';
import { type Fit, isShort, type PoolFit } from './fit';

/** What a stack says of its capacity, by pool. Quantities as Kubernetes writes them. */
export interface CapacityOutput {
  readonly pool: string;
  readonly nodes: number;
  readonly allocatable: Readonly<Record<string, string>>;
  readonly required: Readonly<Record<string, string>>;
  readonly missing: Readonly<Record<string, string>>;
  readonly executors: number;
  readonly executorsRequired: number;
  /** First day on which the forecast's P90 needs more than there is. */
  readonly breaksOn?: string;
}

/** One line a pool that offers less than it must, or will within the forecast. */
export function fitWarnings(fit: Fit): string[] {
  return fit.pools.flatMap((pool) => {
    const short = isShort(pool.missing);
    if (!short && pool.breaksOn === undefined) {
      return [];
    }
    const parts = [
      `capacity of pool ${pool.pool}: ${count(pool.nodes, 'node')} with ${print(pool.allocatable)} allocatable`,
      short
        ? `${requiredPhrase(pool, fit.until)}; missing: ${printMissing(pool.missing)}`
        : `that is what is required${untilPhrase(fit.until)}`,
      ...executorsPhrase(pool),
      ...(short ? [`add machines of pool ${pool.pool} to seakeeper:machines (docs/how-to/add-a-node.md)`] : []),
    ];
    return [parts.join('; ')];
  });
}

/** Why an update must not go on, if so. */
export function fitRefusal({ systemMissing }: Fit): string | undefined {
  return isShort(systemMissing)
    ? `the running system itself does not fit the machines: missing in pool system: ${printMissing(systemMissing)}; add machines of pool system to seakeeper:machines, or set seakeeper:capacity.acceptShortfall to true to go on all the same`
    : undefined;
}

/** The same for the stack's outputs. */
export function fitOutput({ pools }: Fit): CapacityOutput[] {
  return pools.map(
    ({ pool, nodes, allocatable, required, missing, executors, executorsRequired, breaksOn }): CapacityOutput => ({
      pool,
      nodes,
      allocatable: quantities(allocatable),
      required: quantities(required),
      missing: isShort(missing) ? quantities(missing) : {},
      executors,
      executorsRequired,
      ...(breaksOn === undefined ? {} : { breaksOn }),
    }),
  );
}

const requiredPhrase = ({ required, nodesRequired }: PoolFit, until: string | undefined): string =>
  `required${untilPhrase(until)}: ${print(required)} (${count(nodesRequired, 'node')} of the size assumed, one of them down)`;

const untilPhrase = (until: string | undefined): string => (until === undefined ? '' : ` until ${until}`);

function executorsPhrase({ executors, executorsRequired, breaksOn }: PoolFit): string[] {
  if (executorsRequired === 0) {
    return [];
  }
  const slots = `${executors} of ${executorsRequired} build slots`;
  return [breaksOn === undefined ? slots : `${slots}: too few from ${breaksOn} on, at P90 of the forecast`];
}

const print = (amount: Amount): string =>
  `${cpuQuantity(amount.cpu)} cores, ${memoryText(amount)}, ${diskText(amount)}`;
const memoryText = ({ memory }: Amount): string => `${binary(memory)} memory`;
const diskText = ({ disk }: Amount): string => `${binary(disk)} disk`;

function printMissing(missing: Amount): string {
  return [
    ...(missing.cpu > 0 ? [`${cpuQuantity(missing.cpu)} cores`] : []),
    ...(missing.memory > 0 ? [memoryText(missing)] : []),
    ...(missing.disk > 0 ? [diskText(missing)] : []),
  ].join(', ');
}

const quantities = ({ cpu, memory, disk }: Amount): Record<string, string> => ({
  cpu: cpuQuantity(cpu),
  memory: binary(memory),
  ...(Number.isFinite(disk) ? { disk: binary(disk) } : {}),
});

/** Not known where a kubelet does not measure its disk. */
const binary = (bytes: number): string => (Number.isFinite(bytes) ? memoryQuantity(bytes) : 'unmeasured');

const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;
