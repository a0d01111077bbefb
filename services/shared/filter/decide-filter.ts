import type { Condition } from './model-condition';
import type { Need, Subject } from './model-facts';
import type { PipelineFilter, TriggerFilter } from './plan-filters';

/** What filters say of an event: it passes, it does not, or Gerrit must be asked for something first. */
export type FilterAnswer =
  | { readonly kind: 'pass' }
  | { readonly kind: 'no' }
  | { readonly kind: 'unknown'; readonly needs: readonly Need[] };

export type TestedAnswer = { readonly kind: 'yes' | 'no' } | Extract<FilterAnswer, { kind: 'unknown' }>;

/**
 * Whether an event starts a pipeline. Of what is not known, only what the first undecided trigger lacks is asked for: it
 * may be enough. `triggers`: those that could, as an index has them; the others must be known to say no.
 */
export function decideFilter(
  filter: PipelineFilter,
  subject: Subject,
  triggers: readonly TriggerFilter[] = filter.triggers,
): FilterAnswer {
  const started = testTriggers(triggers, subject);
  if (started.kind === 'no') return { kind: 'no' };
  const prerequisites = testAll(filter.prerequisites, subject);
  if (prerequisites.kind === 'no') return { kind: 'no' };
  const undecided = [started, prerequisites].find((answer) => answer.kind === 'unknown');
  return undecided ?? { kind: 'pass' };
}

/** Any of the triggers: the first that says yes, or else the first that may. */
function testTriggers(triggers: readonly TriggerFilter[], subject: Subject): TestedAnswer {
  let undecided: TestedAnswer | undefined;
  for (const { conditions } of triggers) {
    const answer = testAll(conditions, subject);
    if (answer.kind === 'yes') return answer;
    if (answer.kind === 'unknown') undecided ??= answer;
  }
  return undecided ?? { kind: 'no' };
}

/** All conditions; nothing behind the first no is looked at. */
export function testAll(conditions: readonly Condition[], subject: Subject): TestedAnswer {
  let needs: Need[] | undefined;
  for (const condition of conditions) {
    const answer = condition.test(subject);
    if (answer.kind === 'no') return answer;
    if (answer.kind === 'unknown') needs = [...(needs ?? []), ...answer.needs];
  }
  return needs === undefined ? { kind: 'yes' } : { kind: 'unknown', needs };
}
