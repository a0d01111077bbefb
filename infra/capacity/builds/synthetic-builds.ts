import { mulberry32 } from '../seeded-random';
import type { Build } from './types';

/** What synthetic builds are like. */
export interface SyntheticOptions {
  readonly builds: number;
  /** Local days, from 2019-06-09 in UTC, as in the proposal. @default 136 */
  readonly days?: number;
  /** @default 'random' as CI logs are when several are put together; `'end'` as one log is; `'start'`. */
  readonly order?: 'random' | 'start' | 'end';
}

/** 2019-06-09, the first day of the proposal's chart; its last, 2019-10-22, is day 136. */
const FIRST_DAY_MS = Date.UTC(2019, 5, 9);
const DAY_MS = 86_400_000;

/** Share of a week's builds by weekday, Sunday first, and of a day's by hour: busy afternoons, quiet weekends. */
const WEEKDAY = [0.4, 1.1, 1.25, 1.3, 1.25, 1.05, 0.45] as const;
const HOUR = (hour: number) => 1 + 0.8 * Math.cos(((hour - 16) / 24) * 2 * Math.PI);

const SHAPES = [
  { share: 0.62, pool: 'check', pipeline: 'test', cpu: 2, memoryBytes: 6 * 2 ** 30, medianSeconds: 150 },
  { share: 0.25, pool: 'gate', pipeline: 'gate-and-submit', cpu: 2, memoryBytes: 6 * 2 ** 30, medianSeconds: 240 },
  { share: 0.11, pool: 'heavy', pipeline: 'test', cpu: 4, memoryBytes: 12 * 2 ** 30, medianSeconds: 900 },
  { share: 0.02, pool: 'security', pipeline: 'security', cpu: 2, memoryBytes: 6 * 2 ** 30, medianSeconds: 200 },
] as const;
const PROJECTS = 400;
/** Spread of the logarithm of durations: p95 is some five times the median. */
const DURATION_SIGMA = 1;
const LONGEST_SECONDS = 3 * 3600;

/**
 * Builds a CI system may have run: bursts in working hours, log-normal durations, a few projects with most of the builds.
 * The same arguments give the same builds on every machine. FROZEN: measurements are compared over versions, so what it
 * gives never changes; something else gets another name. One object at a time, so millions need no room, unless they are
 * to be sorted.
 */
export function generateBuilds(seed: number, options: SyntheticOptions): Iterable<Build> {
  const { order = 'random' } = options;
  const builds = draw(seed, options);
  if (order === 'random') {
    return builds;
  }
  const key = order === 'start' ? 'startMs' : 'endMs';
  return [...builds].sort((a, b) => a[key] - b[key]);
}

function* draw(seed: number, { builds, days = 136 }: SyntheticOptions): Generator<Build> {
  const uniform = mulberry32(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  const dayOf = picker(Array.from({ length: days }, (_, day) => WEEKDAY[day % 7] ?? 1));
  const hourOf = picker(Array.from({ length: 24 }, (_, hour) => HOUR(hour)));
  const shapeOf = picker(SHAPES.map(({ share }) => share));
  const projectOf = picker(Array.from({ length: PROJECTS }, (_, rank) => 1 / (rank + 1)));
  for (let made = 0; made < builds; made++) {
    const startMs =
      FIRST_DAY_MS + dayOf(uniform()) * DAY_MS + hourOf(uniform()) * 3_600_000 + Math.floor(uniform() * 3_600_000);
    const { pool, pipeline, cpu, memoryBytes, medianSeconds } = SHAPES[shapeOf(uniform())] ?? SHAPES[0];
    const seconds = Math.min(LONGEST_SECONDS, Math.max(1, medianSeconds * Math.exp(DURATION_SIGMA * normal())));
    const project = `mediawiki/extensions/Extension${projectOf(uniform()) + 1}`;
    const status = uniform() < 0.85 ? 'success' : 'failure';
    yield { startMs, endMs: startMs + Math.round(seconds * 1000), cpu, memoryBytes, project, pool, pipeline, status };
  }
}

/** Index drawn by weight, from a uniform number in [0, 1). */
function picker(weights: readonly number[]): (uniform: number) => number {
  const sums = new Float64Array(weights.length);
  let total = 0;
  weights.forEach((weight, index) => {
    total += weight;
    sums[index] = total;
  });
  return (uniform) => {
    const wanted = uniform * total;
    let low = 0;
    for (let high = weights.length - 1; low < high; ) {
      const middle = (low + high) >> 1;
      if ((sums[middle] ?? total) > wanted) high = middle;
      else low = middle + 1;
    }
    return low;
  };
}

const COLUMNS = ['start', 'end', 'cpu', 'memory', 'project', 'pool', 'pipeline', 'status'] as const;

/** Lines of a CSV of builds with its header, without line ends. */
export function* renderCsv(builds: Iterable<Build>): Generator<string> {
  yield COLUMNS.join(',');
  for (const { startMs, endMs, cpu, memoryBytes, project, pool, pipeline, status } of builds) {
    const times = `${new Date(startMs).toISOString()},${new Date(endMs).toISOString()}`;
    yield `${times},${cpu ?? ''},${memoryBytes ?? ''},${project ?? ''},${pool ?? ''},${pipeline ?? ''},${status ?? ''}`;
  }
}

/** JSON lines of builds, times in milliseconds, without line ends. */
export function* renderJsonLines(builds: Iterable<Build>): Generator<string> {
  for (const { startMs, endMs, memoryBytes, ...rest } of builds) {
    yield JSON.stringify({ start: startMs, end: endMs, ...rest, memory: memoryBytes });
  }
}
