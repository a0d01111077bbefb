import { parseQuantity } from '../../../core/quantity';
import { Interned } from './interned';
import { type ParsedTime, parseTime, TIME_FORMS } from './parse-time';
import type { Build } from './types';

/** What a row may say of a build, in the order of its cells. */
export const FIELDS = ['start', 'end', 'cpu', 'memory', 'project', 'pool', 'pipeline', 'status'] as const;
export type Field = (typeof FIELDS)[number];

/** Cells of a row in the order of `FIELDS`: text of a CSV, any value of JSON; undefined, null or empty: not said. */
export type Cells = readonly unknown[];

const MOST_CORES = 10_000;
/** Less is a number in another unit, such as gigabytes. */
const LEAST_BYTES = 2 ** 20;
const MOST_BYTES = 2 ** 50;

/** Turns rows into builds. Keeps one copy of each text, since a log has few of them in millions of rows. */
export class BuildParser {
  /** How the last parsed build's times were written. */
  readonly start: ParsedTime = { ms: 0, form: 'Z' };
  readonly end: ParsedTime = { ms: 0, form: 'Z' };
  readonly #texts = new Interned();
  readonly #cpus = new Map<unknown, number | string>();
  readonly #memories = new Map<unknown, number | string>();

  /** A build, or the reason why the row cannot be one. */
  parse(cells: Cells): Build | string {
    const [start, end] = cells;
    parseTime(start, this.start);
    parseTime(end, this.end);
    const startMs = this.start.ms;
    const endMs = this.end.ms;
    if (Number.isNaN(startMs)) return timeReason('start', start);
    if (Number.isNaN(endMs)) return timeReason('end', end);
    if (endMs < startMs) {
      return `end ${show(end)} is ${(startMs - endMs) / 1000} s before start ${show(start)}; allowed is the same time or later`;
    }
    const cpu = remembered(this.#cpus, cells[2], parseCpu);
    if (typeof cpu === 'string') return cpu;
    const memoryBytes = remembered(this.#memories, cells[3], parseMemory);
    if (typeof memoryBytes === 'string') return memoryBytes;
    return this.#build(startMs, endMs, cpu, memoryBytes, cells);
  }

  #build(startMs: number, endMs: number, cpu: number | undefined, memoryBytes: number | undefined, cells: Cells) {
    const build: { -readonly [K in keyof Build]: Build[K] } = { startMs, endMs };
    if (cpu !== undefined) build.cpu = cpu;
    if (memoryBytes !== undefined) build.memoryBytes = memoryBytes;
    const project = this.#texts.of(cells[4]);
    if (project !== undefined) build.project = project;
    const pool = this.#texts.of(cells[5]);
    if (pool !== undefined) build.pool = pool;
    const pipeline = this.#texts.of(cells[6]);
    if (pipeline !== undefined) build.pipeline = pipeline;
    const status = this.#texts.of(cells[7]);
    if (status !== undefined) build.status = status;
    return build;
  }
}

const isBlank = (value: unknown): boolean => value === undefined || value === null || value === '';

/** A value as a message quotes it: as JSON, cut when long. */
export function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

function timeReason(field: 'start' | 'end', value: unknown): string {
  if (isBlank(value)) {
    return field === 'end'
      ? 'end is empty, as of a build that still runs; leave such builds out, or give them the time of the export'
      : 'start is empty; leave builds that never started out';
  }
  return `${field} ${show(value)} is not a time; allowed is ${TIME_FORMS}`;
}

/** What `parse` makes of a value, or its complaint, computed once a value; undefined when the cell says nothing. */
function remembered(
  known: Map<unknown, number | string>,
  value: unknown,
  parse: (value: unknown) => number | string,
): number | string | undefined {
  if (isBlank(value)) return undefined;
  const old = known.get(value);
  if (old !== undefined) return old;
  const parsed = parse(value);
  // Measured use differs from row to row: such values would only fill memory.
  if (known.size < 1000) known.set(typeof value === 'string' ? Buffer.from(value).toString() : value, parsed);
  return parsed;
}

/** Cores, to the thousandth Kubernetes counts in. */
function parseCpu(value: unknown): number | string {
  const cores = quantity(value);
  return cores >= 0 && cores <= MOST_CORES
    ? Math.round(cores * 1000) / 1000
    : `cpu ${show(value)} is not a number of cores; allowed is 0 to ${MOST_CORES}, such as 2, 0.5 or 500m`;
}

function parseMemory(value: unknown): number | string {
  const bytes = quantity(value);
  return bytes >= LEAST_BYTES && bytes <= MOST_BYTES
    ? Math.round(bytes)
    : `memory ${show(value)} is not a size; allowed is 1Mi to 1024Ti, in bytes or with a unit, such as 6442450944, 6Gi or 24G`;
}

function quantity(value: unknown): number {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return Number.NaN;
  try {
    return parseQuantity(value.trim());
  } catch {
    return Number.NaN;
  }
}
