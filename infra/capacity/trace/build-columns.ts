import type { RunPool } from '../../../core/pool';
import type { Build } from '../builds/types';
import { orderBy } from '../demand/order-by';

const FIRST_CAPACITY = 4096;
const UNKNOWN = Number.NaN;

/** Where a build belongs. */
export interface Placement {
  readonly pool: RunPool;
  /** Priority of its pods: higher goes first. */
  readonly priority: number;
  /** Whom it is counted for in figures of waits: its class, or its project. */
  readonly group: string;
}

/** Builds held as columns of numbers: a million take 45 MB. In the order they came, until `sortByStart`. */
export class BuildColumns {
  startMs = new Float64Array(FIRST_CAPACITY);
  endMs = new Float64Array(FIRST_CAPACITY);
  /** Cores; NaN where the log does not say. */
  cpu = new Float32Array(FIRST_CAPACITY);
  /** Bytes; NaN where the log does not say. */
  memory = new Float64Array(FIRST_CAPACITY);
  /** Index into `placements`. */
  placement = new Uint32Array(FIRST_CAPACITY);
  readonly placements: Placement[] = [];
  length = 0;
  private readonly indexOf = new Map<Placement, number>();

  /** Takes a build. Placements that are one object are kept once. */
  add({ startMs, endMs, cpu, memoryBytes }: Build, placement: Placement): void {
    if (this.length === this.startMs.length) this.resize(this.length * 2);
    const at = this.length;
    this.startMs[at] = startMs;
    this.endMs[at] = endMs;
    this.cpu[at] = cpu ?? UNKNOWN;
    this.memory[at] = memoryBytes ?? UNKNOWN;
    this.placement[at] = this.indexFor(placement);
    this.length += 1;
  }

  /** Puts the builds in order of start, those of one moment as they came. */
  sortByStart(): void {
    const { startMs, length } = this;
    let sorted = true;
    for (let at = 1; at < length && sorted; at += 1) sorted = (startMs[at] ?? 0) >= (startMs[at - 1] ?? 0);
    if (sorted) {
      this.resize(length);
      return;
    }
    const order = orderBy({ rows: startMs, width: 1, column: 0 }, length);
    this.startMs = permuted(new Float64Array(length), this.startMs, order);
    this.endMs = permuted(new Float64Array(length), this.endMs, order);
    this.cpu = permuted(new Float32Array(length), this.cpu, order);
    this.memory = permuted(new Float64Array(length), this.memory, order);
    this.placement = permuted(new Uint32Array(length), this.placement, order);
  }

  /** Pool of a build. */
  poolAt(at: number): RunPool {
    return this.placementAt(at).pool;
  }

  placementAt(at: number): Placement {
    const placement = this.placements[this.placement[at] ?? 0];
    if (placement === undefined) throw new Error(`there is no build ${at}; there are ${this.length}`);
    return placement;
  }

  private indexFor(placement: Placement): number {
    const known = this.indexOf.get(placement);
    if (known !== undefined) return known;
    this.placements.push(placement);
    this.indexOf.set(placement, this.placements.length - 1);
    return this.placements.length - 1;
  }

  private resize(capacity: number): void {
    this.startMs = grown(new Float64Array(capacity), this.startMs);
    this.endMs = grown(new Float64Array(capacity), this.endMs);
    this.cpu = grown(new Float32Array(capacity), this.cpu);
    this.memory = grown(new Float64Array(capacity), this.memory);
    this.placement = grown(new Uint32Array(capacity), this.placement);
  }
}

/** Fills `into` with the values at the indices of `order`. */
function permuted<Column extends Float64Array | Float32Array | Uint32Array>(
  into: Column,
  from: Column,
  order: Uint32Array,
): Column {
  for (let at = 0; at < order.length; at += 1) into[at] = from[order[at] ?? 0] ?? 0;
  return into;
}

function grown<Column extends Float64Array | Float32Array | Uint32Array>(into: Column, from: Column): Column {
  into.set(from.subarray(0, into.length));
  return into;
}
