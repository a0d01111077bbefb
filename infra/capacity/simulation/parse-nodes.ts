import { Pool } from '../../../core/pool';
import { parseQuantity, QUANTITY_PATTERN } from '../../../core/quantity';

/** Machines of one kind, as `--nodes` names them. */
export interface NodeGroup {
  readonly count: number;
  readonly cpu: number;
  /** Kubernetes quantity. */
  readonly memory: string;
  /** Absent: takes builds of every pool. */
  readonly pool?: Pool;
}

/** How `--nodes` is written, for messages and help. */
export const NODES_SYNTAX = '[POOL=]COUNTxCPUcpu/MEMORY, several with commas: gate=4x48cpu/192Gi,check=9x48cpu/192Gi';

const GROUP = /^(?:([a-z]+)=)?(\d{1,5})x(\d+(?:\.\d+)?)cpu\/([^,/]+)$/;
const MOST_NODES = 5000;

/** Parses `--nodes`. Throws one line that shows the part that is wrong. */
export function parseNodes(text: string): NodeGroup[] {
  const groups = text.split(',').map((part) => parseGroup(part.trim()));
  const nodes = groups.reduce((total, { count }) => total + count, 0);
  if (nodes > MOST_NODES) {
    throw new Error(`--nodes has ${nodes} machines; Kubernetes is built for ${MOST_NODES} at most`);
  }
  const somePools = groups.filter(({ pool }) => pool !== undefined).length;
  if (somePools > 0 && somePools < groups.length) {
    throw new Error(`--nodes ${text}: either all machines have a pool or none has; write ${NODES_SYNTAX}`);
  }
  return groups;
}

function parseGroup(part: string): NodeGroup {
  const [, name, count, cpu, memory = ''] = GROUP.exec(part) ?? [];
  const wrong = (what: string) => new Error(`--nodes '${part}': ${what}; write ${NODES_SYNTAX}`);
  if (count === undefined || cpu === undefined) throw wrong('is no number of machines and their size');
  if (!QUANTITY_PATTERN.test(memory) || parseQuantity(memory) <= 0) {
    throw wrong(`memory '${memory}' is no quantity such as 192Gi`);
  }
  if (Number(count) < 1) throw wrong('there must be at least one machine');
  if (Number(cpu) <= 0) throw wrong('a machine must have CPU');
  const pool = name === undefined ? undefined : Pool.safeParse(name);
  if (pool !== undefined && !pool.success)
    throw wrong(`pool '${name}' is none; allowed are ${Pool.options.join(', ')}`);
  return { count: Number(count), cpu: Number(cpu), memory, ...(pool === undefined ? {} : { pool: pool.data }) };
}
