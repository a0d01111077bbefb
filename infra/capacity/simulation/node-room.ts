import type { BuildShape, SimulatedNode } from './types';

const MILLICORES = 1000;
const BYTES_PER_MIB = 2 ** 20;

/** Requests are counted in whole millicores and mebibytes, as a scheduler does: sums of fractions would drift. */
const millicores = (cores: number): number => Math.round(cores * MILLICORES);

interface Fit {
  readonly cpu: number;
  readonly memory: number;
  /** Nodes it may run on, the preferred pool's first, as lists of one pool each. */
  readonly pools: readonly (readonly number[])[];
}

/**
 * Room on the nodes. A build goes to the node of its preferred pool with the largest share of CPU free, which is what
 * kube-scheduler's LeastAllocated does; to the next pool when that one is full.
 *
 * @see https://kubernetes.io/docs/reference/config-api/kube-scheduler-config.v1/#kubescheduler-config-k8s-io-v1-NodeResourcesFitArgs
 */
export class NodeRoom {
  readonly cpu: Float64Array;
  readonly memory: Float64Array;
  private readonly size: Float64Array;
  private readonly sizeMemory: Float64Array;
  private readonly fits: readonly Fit[];

  constructor(nodes: readonly SimulatedNode[], shapes: readonly BuildShape[]) {
    this.size = Float64Array.from(nodes, ({ cpu }) => millicores(cpu));
    this.sizeMemory = Float64Array.from(nodes, ({ memory }) => Math.floor(memory / BYTES_PER_MIB));
    this.cpu = this.size.slice();
    this.memory = this.sizeMemory.slice();
    this.fits = shapes.map((shape) => ({
      cpu: millicores(shape.cpu),
      memory: Math.ceil(shape.memory / BYTES_PER_MIB),
      pools: shape.pools.map((pool) => nodes.flatMap((node, index) => (node.pool === pool ? [index] : []))),
    }));
  }

  /** Millicores of a shape. */
  cpuOf(shape: number): number {
    return this.fits[shape]?.cpu ?? 0;
  }

  /** Mebibytes of a shape. */
  memoryOf(shape: number): number {
    return this.fits[shape]?.memory ?? 0;
  }

  /** Millicores and mebibytes of all nodes. */
  get total(): { cpu: number; memory: number } {
    const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);
    return { cpu: sum(this.size), memory: sum(this.sizeMemory) };
  }

  /** Nodes a shape may use and would fit on if they were empty. */
  candidates(shape: number): number[] {
    const { cpu, memory, pools } = this.fit(shape);
    return pools.flat().filter((node) => (this.size[node] ?? 0) >= cpu && (this.sizeMemory[node] ?? 0) >= memory);
  }

  /** Whether a shape has room on one node. */
  fitsOn(shape: number, node: number): boolean {
    const { cpu, memory, pools } = this.fit(shape);
    return (
      (this.cpu[node] ?? 0) >= cpu && (this.memory[node] ?? 0) >= memory && pools.some((pool) => pool.includes(node))
    );
  }

  /** Node that a build of the shape goes to; -1 when there is none. */
  find(shape: number): number {
    const { cpu, memory, pools } = this.fit(shape);
    for (const pool of pools) {
      let best = -1;
      let mostFree = -1;
      for (const node of pool) {
        const free = this.cpu[node] ?? 0;
        if (free < cpu || (this.memory[node] ?? 0) < memory) continue;
        const share = free / (this.size[node] ?? 1);
        if (share > mostFree) {
          best = node;
          mostFree = share;
        }
      }
      if (best >= 0) return best;
    }
    return -1;
  }

  take(shape: number, node: number): void {
    this.change(shape, node, -1);
  }

  give(shape: number, node: number): void {
    this.change(shape, node, 1);
  }

  private change(shape: number, node: number, sign: 1 | -1): void {
    const { cpu, memory } = this.fit(shape);
    this.cpu[node] = (this.cpu[node] ?? 0) + sign * cpu;
    this.memory[node] = (this.memory[node] ?? 0) + sign * memory;
  }

  private fit(shape: number): Fit {
    const fit = this.fits[shape];
    if (fit === undefined) throw new Error(`there is no shape ${shape}; there are ${this.fits.length}`);
    return fit;
  }
}
