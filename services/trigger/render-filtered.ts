import type { Decision } from '../../core/decision';
import type { TriggerDecision } from './decide';

/** The ledger's record of an event that starts nothing. */
export function renderFiltered({
  reason,
  definitionCommit,
  objections,
  unmet,
}: Extract<TriggerDecision, { kind: 'filtered' }>): Decision {
  return {
    kind: 'filtered',
    reason,
    ...(definitionCommit === undefined ? {} : { definitionCommit }),
    ...(objections === undefined ? {} : { objections: [...objections] }),
    ...(unmet === undefined ? {} : { unmet }),
  };
}
