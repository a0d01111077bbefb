import type { DryRun } from '../../core/dry-run';
import type { GerritEvent } from '../../core/gerrit-event';
import { decideFilter } from '../shared/filter/decide-filter';
import { decideObjection } from '../shared/filter/decide-objection';
import { FilterIndex } from '../shared/filter/model-index';
import { planFilter } from '../shared/filter/plan-filters';
import type { CoarseFilterOptions } from './decide-coarse-filter';

/** Makes of the pipelines in stack config what says how many of a project's events each would have started. */
export function compileDryRun({ pipelines, account }: CoarseFilterOptions): (events: readonly GerritEvent[]) => DryRun {
  const index = new FilterIndex(pipelines.map(planFilter));
  /** Pipelines that the event starts, or may, as the coarse filter judges: by the event alone. */
  const started = (event: GerritEvent): { readonly pipeline: string; readonly would: boolean }[] => {
    if (decideObjection(event, account) !== undefined) {
      return [];
    }
    const subject = { event, facts: {}, now: 0 };
    return index.candidates(event).flatMap(({ filter, triggers }) => {
      const { kind } = decideFilter(filter, subject, triggers);
      return kind === 'no' ? [] : [{ pipeline: filter.pipeline, would: kind === 'pass' }];
    });
  };
  return (events) => {
    const counts: Record<string, { would: number; may: number }> = {};
    for (const { pipeline, would } of events.flatMap(started)) {
      const count = counts[pipeline] ?? { would: 0, may: 0 };
      count[would ? 'would' : 'may'] += 1;
      counts[pipeline] = count;
    }
    return { events: events.length, pipelines: counts };
  };
}
