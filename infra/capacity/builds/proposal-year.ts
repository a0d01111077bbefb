import { generateBuilds } from './synthetic-builds';
import type { Build } from './types';

/** Sunday on which the year begins; the generator's first day is one too, so weekends stay weekends. */
const FIRST_DAY_MS = Date.UTC(2025, 10, 2);
const GENERATOR_FIRST_DAY_MS = Date.UTC(2019, 5, 9);
const DAYS = 364;
const DAY_MS = 86_400_000;
const SEED = 20191023;
/** As many as make the busiest days of the last month reach some 99 builds at once. */
const BUILDS = 2_050_000;
/** Executors of the proposal: those there were, and those it asked for. */
const [FIRST_EXECUTORS, LAST_EXECUTORS] = [68, 99];

/**
 * A year of builds that nobody ran, in which the 68 executors of the proposal become the 99 it asked for: stands in for
 * real logs until there are some. Always the same builds.
 */
export function* proposalYear(): Generator<Build> {
  const shift = FIRST_DAY_MS - GENERATOR_FIRST_DAY_MS;
  let index = 0;
  for (const build of generateBuilds(SEED, { builds: BUILDS, days: DAYS })) {
    const day = (build.startMs - GENERATOR_FIRST_DAY_MS) / DAY_MS;
    const kept = (FIRST_EXECUTORS + ((LAST_EXECUTORS - FIRST_EXECUTORS) * day) / DAYS) / LAST_EXECUTORS;
    index += 1;
    // Which builds are left out is spread evenly: multiples of the golden ratio.
    if ((index * 0.618033988749895) % 1 < kept) {
      yield { ...build, startMs: build.startMs + shift, endMs: build.endMs + shift };
    }
  }
}
