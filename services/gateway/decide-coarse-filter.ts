import type { GerritEvent } from '../../core/gerrit-event';
import type { Pipeline } from '../../core/pipeline';
import { decideFilter } from '../shared/filter/decide-filter';
import { decideObjection } from '../shared/filter/decide-objection';
import { decideUnmet } from '../shared/filter/decide-unmet';
import type { Subject } from '../shared/filter/model-facts';
import { type Candidate, FilterIndex } from '../shared/filter/model-index';
import { planDequeue, planFilter } from '../shared/filter/plan-filters';
import type { Verdicts } from './ledger/model-record';

/** What the coarse filter goes by besides the event. */
export interface CoarseFilterOptions {
  readonly pipelines: readonly Pipeline[];
  /** User name we act as in Gerrit; what it says never triggers. */
  readonly account: string;
}

/** Verdict on an event for every pipeline that it may start, or take its change out of; all others match nothing. */
export type CoarseFilter = (event: GerritEvent) => Verdicts;

/**
 * Compiles the triggers of all pipelines once. What passes here is handed on and decided by the trigger service, which
 * asks Gerrit for what the event does not say: until then it may pass. What does not goes nowhere.
 */
export function compileCoarseFilter({ pipelines, account }: CoarseFilterOptions): CoarseFilter {
  const filters = pipelines.flatMap((pipeline) => [planFilter(pipeline), planDequeue(pipeline)]);
  const index = new FilterIndex(filters.filter((filter) => filter !== undefined));
  return (event) => {
    // Votes that stand are not known here, so neither is how old they are.
    const subject = { event, facts: {}, now: 0 };
    const matching = index.candidates(event).filter((candidate) => isWanted(candidate, subject));
    if (matching.length === 0) {
      return {};
    }
    const verdict = decideObjection(event, account) ?? 'pass';
    return Object.fromEntries(matching.map(({ filter }) => [filter.pipeline, verdict]));
  };
}

/** What may start a run, and what starts none of which somebody may have to be told. */
const isWanted = ({ filter, triggers }: Candidate, subject: Subject): boolean =>
  decideFilter(filter, subject, triggers).kind !== 'no' || decideUnmet(filter, subject, triggers).kind !== 'unsaid';
