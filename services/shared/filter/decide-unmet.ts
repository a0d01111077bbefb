import { testAll } from './decide-filter';
import type { Need, Subject } from './model-facts';
import type { PipelineFilter, TriggerFilter } from './plan-filters';

/** What the author of an event that starts nothing is told: something, nothing, or Gerrit must be asked first. */
export type Unmet =
  | { readonly kind: 'said'; readonly text: string }
  | { readonly kind: 'unsaid' }
  | { readonly kind: 'unknown'; readonly needs: readonly Need[] };

/**
 * Of an event that a pipeline's filter says no to: what has to happen first, where a trigger says so (`unmet`) and all holds
 * but its `require` and `reject`. The first such trigger has the word. `triggers`: as `decideFilter` has them.
 */
export function decideUnmet(
  filter: PipelineFilter,
  subject: Subject,
  triggers: readonly TriggerFilter[] = filter.triggers,
): Unmet {
  for (const { conditions, unmet } of triggers) {
    if (unmet === undefined) {
      continue;
    }
    const answer = testAll([...conditions.slice(0, unmet.own), ...filter.prerequisites], subject);
    if (answer.kind === 'unknown') {
      return answer;
    }
    if (answer.kind === 'yes') {
      return { kind: 'said', text: unmet.text };
    }
  }
  return { kind: 'unsaid' };
}
