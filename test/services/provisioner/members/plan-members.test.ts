import type { ProjectMembers } from '../../../../core/project';
import type { DecidedMembers } from '../../../../services/provisioner/members/decide-members';
import {
  KEPT_PERIODS,
  type MembersPatch,
  planMembers,
  planMembersCondition,
  planNextRefresh,
  planOutage,
} from '../../../../services/provisioner/members/plan-members';

const MINUTE = 60_000;
const at = (minutes: number): Date => new Date(Date.UTC(2026, 0, 1) + minutes * MINUTE);
const decided: DecidedMembers = {
  owners: ['alice'],
  contributors: ['bob'],
  ownerGroups: [],
  contributorGroups: [],
  notBound: [],
};
/** What the API server holds after a merge patch of all fields. */
const held = (patch: MembersPatch | undefined): ProjectMembers => {
  const { refreshedAt, problem, ...people } = patch ?? { ...decided, refreshedAt: null, problem: null };
  return { ...people, ...(refreshedAt === null ? {} : { refreshedAt }), ...(problem == null ? {} : { problem }) };
};

describe('planMembers', () => {
  test('writes who they are, once', () => {
    const patch = planMembers(undefined, decided, at(0));

    expect(patch).toEqual({ ...decided, refreshedAt: at(0).toISOString(), problem: null });
    expect(planMembers(held(patch), decided, at(10))).toBeUndefined();
  });

  test('writes who is gone', () => {
    expect(planMembers(held(planMembers(undefined, decided, at(0))), { ...decided, owners: [] }, at(10))).toMatchObject(
      {
        owners: [],
        contributors: ['bob'],
        refreshedAt: at(10).toISOString(),
      },
    );
  });

  test('a problem is told once, with the time it began, and taken back', () => {
    const broken = { ...decided, owners: [], problem: { reason: 'AccessNotReadable', message: 'why' } };
    const first = held(planMembers(undefined, broken, at(0)));

    expect(first.problem).toEqual({ reason: 'AccessNotReadable', message: 'why', since: at(0).toISOString() });
    expect(planMembers(first, broken, at(10))).toBeUndefined();
    const reworded = { ...broken, problem: { reason: 'AccessNotReadable', message: 'other' } };
    expect(planMembers(first, reworded, at(10))?.problem?.since).toBe(at(0).toISOString());
    expect(planMembers(first, decided, at(20))?.problem).toBeNull();
  });
});

describe('planOutage: while Gerrit does not answer', () => {
  const current = held(planMembers(undefined, decided, at(0)));
  const outage = { since: at(0), message: 'connect ECONNREFUSED', refreshMs: 10 * MINUTE };

  test('people stay, untold, within the refresh time', () => {
    expect(planOutage(current, outage, at(9))).toBeUndefined();
  });

  test('then it is told that they may be outdated, once', () => {
    const told = planOutage(current, outage, at(10));

    expect(told).toMatchObject({ owners: ['alice'], problem: { reason: 'GerritSilent', since: at(0).toISOString() } });
    expect(planOutage(held(told), { ...outage, message: 'another' }, at(30))).toBeUndefined();
  });

  test(`after ${KEPT_PERIODS} refresh times nobody is bound`, () => {
    const told = held(planOutage(current, outage, at(10)));
    const taken = planOutage(told, outage, at(60));

    expect(taken).toMatchObject({
      owners: [],
      contributors: [],
      ownerGroups: [],
      contributorGroups: [],
      problem: { reason: 'GerritSilentTooLong', since: at(0).toISOString() },
    });
    expect(planOutage(held(taken), outage, at(600))).toBeUndefined();
  });

  test('a new leader goes on with the clock of the one before', () => {
    const told = held(planOutage(current, outage, at(10)));
    const newLeader = { ...outage, since: at(55) };

    expect(planOutage(told, newLeader, at(59))).toBeUndefined();
    expect(planOutage(told, newLeader, at(60))?.problem?.reason).toBe('GerritSilentTooLong');
  });

  test('a Project that was never asked for tells it too', () => {
    expect(planOutage(undefined, outage, at(10))).toMatchObject({ owners: [], problem: { reason: 'GerritSilent' } });
  });

  test('people are back with the first answer', () => {
    const taken = held(planOutage(held(planOutage(current, outage, at(10))), outage, at(60)));

    expect(planMembers(taken, decided, at(61))).toMatchObject({ owners: ['alice'], problem: null });
  });
});

describe('planMembersCondition', () => {
  test('says nothing where people do not follow Gerrit', () => {
    expect(planMembersCondition(undefined)).toBeUndefined();
  });

  test('is true with how many there are and who is left out', () => {
    expect(planMembersCondition({ ...held(undefined), notBound: ['staff: hidden'] })).toEqual({
      type: 'MembersCurrent',
      status: 'True',
      reason: 'Current',
      message: '1 owner and 1 contributor by Gerrit; not bound: staff: hidden',
    });
  });

  test('is false with the reason', () => {
    const problem = { reason: 'GerritSilent', message: 'no answer', since: at(0).toISOString() };

    expect(planMembersCondition({ ...held(undefined), problem })).toMatchObject({
      status: 'False',
      reason: 'GerritSilent',
      message: 'no answer',
    });
  });
});

test.each([
  [600_000, 0, 600_000],
  [600_000, 20_000, 560_000],
  [600_000, 400_000, 300_000],
])('a refresh time of %i ms, of which asking takes %i, starts the next after %i', (refreshMs, tookMs, next) => {
  expect(planNextRefresh(refreshMs, tookMs)).toBe(next);
});
