import type { GerritEvent } from '../../core/gerrit-event';
import { Pipelines } from '../../core/pipeline';
import { decideFilter } from '../../services/shared/filter/decide-filter';
import { FilterIndex } from '../../services/shared/filter/model-index';
import { type PipelineFilter, planFilter } from '../../services/shared/filter/plan-filters';
import { alternate } from '../alternate';
import { type Benchmark, compare, type Measurement } from '../measurement';

const SIZES = [1, 100, 10_000] as const;
const REPETITIONS = 9;
const PEER = 'trying every filter in turn, the same compiled ones';
/** A side goes on for at least so long. */
const MEASURED_MS = 100;
const EVENTS = 64;
const CLOCK_EVERY = 16;

/** What the filters cost an event by their number: each starts on patch sets and comments of a project and a branch. */
export const filters: Benchmark = {
  names: Object.fromEntries(
    SIZES.map((size) => [
      `filters.${size}`,
      `µs an event takes with ${size} filters, of which one or none matches, beside ${PEER}`,
    ]),
  ),
  run: async (progress) => {
    const measurements: Measurement[] = [];
    for (const size of SIZES) {
      progress(`${size} filters`);
      const planned = filtersOf(size);
      const index = new FilterIndex(planned);
      const events = eventsFor(size);
      const byIndex = (event: GerritEvent) =>
        index.candidates(event).filter(({ filter, triggers }) => isPassed(filter, event, triggers)).length;
      const inTurn = (event: GerritEvent) => planned.filter((filter) => isPassed(filter, event)).length;
      assertAgree(events, byIndex, inTurn);
      const samples = await alternate(
        REPETITIONS,
        { ours: async () => microseconds(events, byIndex), peer: async () => microseconds(events, inTurn) },
        progress,
      );
      measurements.push(compare({ name: `filters.${size}`, unit: 'µs', peer: PEER }, samples, 0.5));
    }
    return measurements;
  },
};

const projectOf = (at: number): string => `group${at % 97}/project-${at}`;

function filtersOf(size: number): PipelineFilter[] {
  const pipelines = Array.from({ length: size }, (_, at) => ({
    name: `p-${at}`,
    triggers: [
      { event: ['patchset-created', 'comment-added'], project: { plain: projectOf(at) }, branch: ['^main$', '^rel/'] },
    ],
    reject: { kind: 'NO_CODE_CHANGE' },
  }));
  return Pipelines.parse(pipelines).map(planFilter);
}

/** Events all over the projects; every other one on a branch that no filter wants. */
function eventsFor(size: number): GerritEvent[] {
  return Array.from({ length: EVENTS }, (_, at) => ({
    type: 'patchset-created',
    change: {
      project: projectOf(Math.floor((at * size) / EVENTS)),
      branch: at % 2 === 0 ? 'main' : 'sandbox/x',
      number: at,
    },
    patchSet: { number: 1, revision: 'a'.repeat(40), ref: 'refs/changes/01/1/1', kind: 'REWORK' },
  }));
}

const isPassed = (filter: PipelineFilter, event: GerritEvent, triggers = filter.triggers): boolean =>
  decideFilter(filter, { event, facts: {}, now: 0 }, triggers).kind !== 'no';

type Count = (event: GerritEvent) => number;

/** Microseconds an event takes, on average. */
function microseconds(events: readonly GerritEvent[], count: Count): number {
  const started = performance.now();
  let done = 0;
  let elapsed = 0;
  while (elapsed < MEASURED_MS) {
    for (const event of events) {
      count(event);
      done += 1;
      if (done % CLOCK_EVERY === 0) elapsed = performance.now() - started;
      if (elapsed >= MEASURED_MS) break;
    }
  }
  return (elapsed * 1000) / done;
}

/** Throws when the two do not say the same: nobody wants the speed of a wrong answer. */
function assertAgree(events: readonly GerritEvent[], ours: Count, peer: Count): void {
  for (const event of events) {
    if (ours(event) !== peer(event)) {
      throw new Error(
        `index and linear evaluation disagree on ${JSON.stringify(event)}; measure nothing until one is mended`,
      );
    }
  }
}
