import type { DryRun } from '../../core/dry-run';
import type { GerritEvent } from '../../core/gerrit-event';
import { decideFilter } from '../shared/filter/decide-filter';
import { decideObjection } from '../shared/filter/decide-objection';
import { FilterIndex } from '../shared/filter/model-index';
import { planFilter } from '../shared/filter/plan-filters';
import type { CoarseFilterOptions } from './decide-coarse-filter';

/** Makes of the pipelines in stack config what says how many of a project's events each would have started. */
export function compileDryRun({
  pipelines,
  account,
}: CoarseFilterOptions): (events: readonly GerritEvent[]) => DryRun {
  const index = new FilterIndex(pipelines.map(planFilter));
  return (events) => {
    const counts = new Map<string, { would: number; may: number }>();
    for (const event of events) {
      if (decideObjection(event, account) !== undefined) {
        continue;
      }
      // As the coarse filter judges: by the event alone.
      const subject = { event, facts: {}, now: 0 };
      for (const { filter, triggers } of index.candidates(event)) {
        const answer = decideFilter(filter, subject, triggers).kind;
        if (answer !== 'no') {
          const { would, may } = counts.get(filter.pipeline) ?? { would: 0, may: 0 };
          counts.set(filter.pipeline, answer === 'pass' ? { would: would + 1, may } : { would, may: may + 1 });
        }
      }
    }
    return { events: events.length, pipelines: Object.fromEntries(counts) };
  };
}
