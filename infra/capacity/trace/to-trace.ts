import type { RunPool } from '../../../core/pool';
import type { BuildShape, BuildTrace } from '../simulation/types';
import type { BuildColumns } from './build-columns';

const MS_PER_SECOND = 1000;
const BYTES_PER_GIB = 2 ** 30;
/** Kinds of build told apart; with more the simulation would look at every waiting build for itself. */
const MOST_SHAPES = 128;
/** Whom figures of waits are told apart by; the rest is one group. */
const MOST_GROUPS = 500;
const REST = 'all others';

/** Which builds, and what those request that the log says nothing of. */
export interface TraceOptions {
  /** Only builds of this pool. @default all */
  readonly pool?: RunPool;
  /** Only builds that started at or after. @default all */
  readonly sinceMs?: number;
  /** Requests of a build slot: cores and bytes. */
  readonly slot: { readonly cpu: number; readonly memory: number };
  /** Pools a build may run in, given its own. @default - its own */
  readonly poolsOf?: (pool: RunPool) => readonly string[];
}

/** A log as a trace for the simulation. The columns must be sorted by start. */
export function toTrace(columns: BuildColumns, options: TraceOptions): BuildTrace {
  const { pool, sinceMs = Number.NEGATIVE_INFINITY } = options;
  const ofPool = columns.placements.map((placement) => pool === undefined || placement.pool === pool);
  const all = new Uint32Array(columns.length);
  let count = 0;
  for (let at = 0; at < columns.length; at += 1) {
    if ((columns.startMs[at] ?? 0) >= sinceMs && ofPool[columns.placement[at] ?? 0] === true) {
      all[count] = at;
      count += 1;
    }
  }
  const wanted = all.subarray(0, count);
  const origin = columns.startMs[wanted[0] ?? 0] ?? 0;
  const { shape, shapes } = shapesOf(columns, wanted, options);
  return {
    arrival: Float64Array.from(wanted, (at) => ((columns.startMs[at] ?? 0) - origin) / MS_PER_SECOND),
    duration: Float64Array.from(
      wanted,
      (at) => ((columns.endMs[at] ?? 0) - (columns.startMs[at] ?? 0)) / MS_PER_SECOND,
    ),
    shape,
    shapes,
    ...groupsOf(columns, wanted),
  };
}

/** Kinds of build by what they request, rounded up as little as leaves few enough kinds. */
function shapesOf(columns: BuildColumns, wanted: Uint32Array, options: TraceOptions) {
  for (let step = 0.25; ; step *= 2) {
    const kinds = new Kinds(columns, step, options);
    const shape = new Uint16Array(wanted.length);
    for (let row = 0; row < wanted.length && kinds.shapes.length <= MOST_SHAPES; row += 1) {
      shape[row] = kinds.indexOf(wanted[row] ?? 0);
    }
    if (kinds.shapes.length <= MOST_SHAPES) return { shape, shapes: kinds.shapes };
  }
}

/** Numbers the kinds of build, looking at each combination of what a log says once. */
class Kinds {
  readonly shapes: BuildShape[] = [];
  private readonly byText = new Map<string, number>();
  /** By placement, then cores, then bytes, as the log has them. */
  private readonly known: Map<number, Map<number, number>>[] = [];

  constructor(
    private readonly columns: BuildColumns,
    private readonly step: number,
    private readonly options: TraceOptions,
  ) {}

  indexOf(at: number): number {
    const placement = this.columns.placement[at] ?? 0;
    const [cpu, memory] = [this.columns.cpu[at] ?? Number.NaN, this.columns.memory[at] ?? Number.NaN];
    const ofPlacement = this.known[placement] ?? new Map<number, Map<number, number>>();
    this.known[placement] = ofPlacement;
    let ofCpu = ofPlacement.get(cpu);
    if (ofCpu === undefined) {
      ofCpu = new Map();
      ofPlacement.set(cpu, ofCpu);
    }
    const known = ofCpu.get(memory);
    if (known !== undefined) return known;
    const index = this.number(shapeAt(this.columns, at, this.step, this.options));
    ofCpu.set(memory, index);
    return index;
  }

  private number(shape: BuildShape): number {
    const text = `${shape.cpu} ${shape.memory} ${shape.priority} ${shape.pools.join()}`;
    const index = this.byText.get(text) ?? this.shapes.push(shape) - 1;
    this.byText.set(text, index);
    return index;
  }
}

function shapeAt(columns: BuildColumns, at: number, step: number, { slot, poolsOf }: TraceOptions): BuildShape {
  const { pool, priority } = columns.placementAt(at);
  const [cpu, memory] = [columns.cpu[at] ?? Number.NaN, columns.memory[at] ?? Number.NaN];
  const unit = step * BYTES_PER_GIB;
  return {
    cpu: Number.isNaN(cpu) ? slot.cpu : Math.max(step, Math.ceil(cpu / step - 1e-6) * step),
    memory: Number.isNaN(memory) ? slot.memory : Math.max(unit, Math.ceil(memory / unit - 1e-6) * unit),
    priority,
    pools: poolsOf?.(pool) ?? [pool],
  };
}

function groupsOf(columns: BuildColumns, wanted: Uint32Array): Pick<BuildTrace, 'group' | 'groups'> {
  const byPlacement = new Uint32Array(columns.placements.length);
  for (const at of wanted) {
    const placement = columns.placement[at] ?? 0;
    byPlacement[placement] = (byPlacement[placement] ?? 0) + 1;
  }
  const counts = new Map<string, number>();
  byPlacement.forEach((count, placement) => {
    const { group = REST } = columns.placements[placement] ?? {};
    if (count > 0) counts.set(group, (counts.get(group) ?? 0) + count);
  });
  const byCount = [...counts].sort(([a, many], [b, more]) => more - many || (a < b ? -1 : 1)).map(([group]) => group);
  const groups = byCount.length <= MOST_GROUPS ? byCount : [...byCount.slice(0, MOST_GROUPS), REST];
  const indexOf = new Map(groups.map((group, index) => [group, index]));
  const ofPlacement = columns.placements.map(({ group }) => indexOf.get(group) ?? groups.length - 1);
  return { group: Uint16Array.from(wanted, (at) => ofPlacement[columns.placement[at] ?? 0] ?? 0), groups };
}
