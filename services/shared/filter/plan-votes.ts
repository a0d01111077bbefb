import type { CastApproval, StandingApproval } from '../../../core/condition';
import { listOf } from '../../../core/one-or-more';
import { answer, any } from './model-answer';
import { type Condition, onFound, type Test } from './model-condition';
import type { StandingVote } from './model-facts';
import { castVotes, standingVotes } from './model-reading';
import { planPerson } from './plan-person';

/** A vote that the event changed. */
export function planCast(given: CastApproval | readonly CastApproval[]): Test {
  const approvals = listOf(given);
  return {
    wanted: `${approvals.map(showApproval).join(' or ')} cast by it`,
    test: onFound(castVotes, (votes) =>
      answer(
        approvals.some((wanted) => votes.some((vote) => isVote(vote, wanted))),
        () => votes.map(showApproval).join(', ') || 'no vote',
      ),
    ),
  };
}

/** One condition for each approval: all of `require` must stand, and any of `reject` is enough. */
export function planStanding(given: StandingApproval | readonly StandingApproval[], path: string): Condition[] {
  const places = Array.isArray(given) ? listOf(given).map((_, at) => `${path}[${at}]`) : [path];
  return listOf(given).map((approval, at) => ({ path: places[at] ?? path, ...standingApproval(approval) }));
}

function standingApproval(wanted: StandingApproval): Test {
  const by = wanted.by === undefined ? undefined : planPerson(wanted.by);
  const { olderThanSeconds: older, newerThanSeconds: newer } = wanted;
  const isFit = (vote: StandingVote, now: number) =>
    isVote(vote, wanted) &&
    (older === undefined || now - vote.at > older * 1000) &&
    (newer === undefined || now - vote.at < newer * 1000);
  return {
    wanted: [
      showApproval(wanted),
      ...(by === undefined ? [] : [`by ${by.wanted}`]),
      ...(older === undefined ? [] : [`older than ${older} s`]),
      ...(newer === undefined ? [] : [`newer than ${newer} s`]),
    ].join(' '),
    test: onFound(standingVotes, (votes, { facts, now }) => {
      const fitting = votes.filter((vote) => isFit(vote, now));
      const isByThem = any(
        fitting.map((vote) => (by === undefined ? answer(true, () => '') : by.test(vote.by, facts))),
      );
      const seen = () => votes.map(showApproval).join(', ') || 'no vote';
      return isByThem.kind === 'unknown' ? isByThem : { kind: isByThem.kind, seen };
    }),
  };
}

const isVote = (vote: { label: string; value: number }, wanted: CastApproval): boolean =>
  vote.label === wanted.label && listOf(wanted.value).includes(vote.value);

const showApproval = ({ label, value }: CastApproval): string =>
  listOf(value)
    .map((vote) => `${label}${vote < 0 ? '' : '+'}${vote}`)
    .join(' or ');
