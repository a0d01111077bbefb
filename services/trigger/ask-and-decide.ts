import { TransientError } from '../shared/errors';
import { mergeFacts } from '../shared/filter/model-facts';
import { decide, type Facts, type TriggerDecision } from './decide';
import type { FilterFacts } from './ports';

/** Times Gerrit is asked for more about one event: every trigger of a pipeline may ask two or three. */
const MOST_QUESTIONS = 100;

/** A decision on an event of which enough is known. */
export type Decided = Exclude<TriggerDecision, { kind: 'ask' }>;

/**
 * Decides, asking Gerrit for what the pipeline's conditions need and nothing else. Rejects when Gerrit does not say it: a
 * retry could help.
 */
export async function decideAsking(facts: Facts, gerrit: FilterFacts): Promise<Decided> {
  let { known } = facts;
  for (let asked = 0; asked < MOST_QUESTIONS; asked++) {
    const decision = decide({ ...facts, known });
    if (decision.kind !== 'ask') {
      return decision;
    }
    known = mergeFacts(known, await gerrit.find(facts.event, decision.needs));
  }
  throw new TransientError(`${facts.eventKey} is undecided after ${MOST_QUESTIONS} questions to Gerrit`);
}
