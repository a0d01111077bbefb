import type { Pipeline } from '../../core/pipeline';
import { explain } from '../shared/filter/decide-explanation';
import { planFilter } from '../shared/filter/plan-filters';
import { renderObjections } from '../shared/filter/render-objections';
import type { Explain } from './change-histories';

/** Makes of the pipelines in stack config what says which of their conditions keep an event out of each. */
export function compileExplain(pipelines: readonly Pipeline[]): Explain {
  const filters = pipelines.map(planFilter);
  return (event) => {
    // As the coarse filter judges: what Gerrit would have to be asked for keeps nothing out.
    const subject = { event, facts: {}, now: 0 };
    return Object.fromEntries(
      filters
        .map((filter) => [filter.pipeline, renderObjections(explain(filter, subject))] as const)
        .filter(([, objections]) => objections.length > 0),
    );
  };
}
