import type { PersonMatcher } from '../../../core/condition';
import type { Account } from '../../../core/gerrit-event';
import { listOf } from '../../../core/one-or-more';
import { compilePatterns } from '../../../core/text-pattern';
import { type Answer, all, answer, any, unsaid } from './model-answer';
import { type AccountName, type GerritFacts, membershipKey } from './model-facts';

/** A compiled person. */
export interface PersonTest {
  readonly test: (person: Account, facts: GerritFacts) => Answer;
  readonly wanted: string;
}

/** Compiles who somebody must be. */
export function planPerson({ group, ...texts }: PersonMatcher): PersonTest {
  const fields = (['username', 'email', 'name'] as const).flatMap((field) => {
    const patterns = texts[field];
    return patterns === undefined ? [] : [{ field, matcher: compilePatterns(patterns) }];
  });
  const groups = group === undefined ? [] : listOf(group);
  const members = groups.length === 0 ? [] : [`a member of ${groups.map((name) => `'${name}'`).join(' or ')}`];
  return {
    wanted: [...fields.map(({ field, matcher }) => `${field} ${matcher.wanted}`), ...members].join(' and '),
    test: (person, facts) => {
      const byField = fields.map(({ field, matcher }) => {
        const text = person[field];
        return answer(text !== undefined && matcher.matches(text), unsaid);
      });
      const byGroup = groups.map((name) => membership(person, name, facts));
      return all([...byField, ...(byGroup.length === 0 ? [] : [any(byGroup)])]);
    },
  };
}

function membership(person: Account, group: string, { memberships }: GerritFacts): Answer {
  const account = nameOf(person);
  if (account === undefined) {
    return answer(false, () => 'somebody whom Gerrit gives no user name and no address');
  }
  const isMember = memberships?.[membershipKey(account, group)];
  return isMember === undefined
    ? { kind: 'unknown', needs: [{ kind: 'membership', account, group }] }
    : answer(isMember, unsaid);
}

function nameOf({ username, email }: Account): AccountName | undefined {
  if (username !== undefined) return { by: 'username', name: username };
  return email === undefined ? undefined : { by: 'email', name: email };
}
