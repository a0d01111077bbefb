import { decideFilter, type FilterAnswer } from './decide-filter';
import type { Condition } from './model-condition';
import type { Subject } from './model-facts';
import type { PipelineFilter } from './plan-filters';

/** A condition that said no. */
export interface Refusal {
  /** Where it stands in the configuration: `pipelines.check.triggers[0].branch`. */
  readonly path: string;
  /** Undefined where it names people or is what they wrote. */
  readonly seen: string | undefined;
  readonly wanted: string;
}

/** What became of an event at one pipeline. */
export interface Explanation {
  readonly answer: FilterAnswer['kind'];
  /** The first of the pipeline's own conditions that said no. */
  readonly refusal: Refusal | undefined;
  /** The first condition that said no by trigger, in order; undefined: none did. */
  readonly triggers: readonly (Refusal | undefined)[];
}

/** Says why an event does or does not start a pipeline. */
export function explain(filter: PipelineFilter, subject: Subject): Explanation {
  return {
    answer: decideFilter(filter, subject).kind,
    refusal: firstRefusal(filter.prerequisites, subject),
    triggers: filter.triggers.map(({ conditions }) => firstRefusal(conditions, subject)),
  };
}

function firstRefusal(conditions: readonly Condition[], subject: Subject): Refusal | undefined {
  for (const { path, wanted, test } of conditions) {
    const given = test(subject);
    if (given.kind === 'no') {
      return { path, seen: given.seen(), wanted };
    }
  }
  return undefined;
}
