import { TransientError } from '../shared/errors';
import { mergeFacts } from '../shared/filter/model-facts';
import { type Ask, decide, type Facts, type TriggerDecision } from './decide';
import type { FilterFacts } from './ports';

/** Times Gerrit is asked for more about one event: every trigger of a pipeline may ask two or three. */
const MOST_QUESTIONS = 100;

/** A decision on an event of which enough is known. */
export type Decided = Exclude<TriggerDecision, Ask>;

/** What becomes of an event, with what its pipeline's conditions need of Gerrit. Rejects as `askUntilDecided` does. */
export const decideAsking = (facts: Facts, gerrit: FilterFacts): Promise<Decided> =>
  askUntilDecided<Facts, Decided>(facts, decide, gerrit);

/**
 * Decides, asking Gerrit for what the decision needs and nothing else. Rejects when Gerrit does not say it: a retry could
 * help.
 */
export async function askUntilDecided<
  Known extends Pick<Facts, 'known' | 'event' | 'eventKey'>,
  Decision extends { readonly kind: string },
>(facts: Known, decideOn: (facts: Known) => Decision | Ask, gerrit: FilterFacts): Promise<Decision> {
  let { known } = facts;
  for (let asked = 0; asked < MOST_QUESTIONS; asked++) {
    const decision = decideOn({ ...facts, known });
    if (!isAsk(decision)) {
      return decision;
    }
    known = mergeFacts(known, await gerrit.find(facts.event, decision.needs));
  }
  throw new TransientError(`${facts.eventKey} is undecided after ${MOST_QUESTIONS} questions to Gerrit`);
}

const isAsk = (decision: { readonly kind: string }): decision is Ask => decision.kind === 'ask';
