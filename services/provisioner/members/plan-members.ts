import { ConditionType, type ProjectCondition, type ProjectMembers } from '../../../core/project';
import type { DecidedMembers } from './decide-members';

/** While Gerrit does not answer, people stay bound for so many refresh periods; then nobody is but those of the spec. */
export const KEPT_PERIODS = 6;

/** `status.members` as a merge patch: every field is said, so that none of an earlier pass is left. */
export type MembersPatch = Omit<ProjectMembers, 'problem' | 'refreshedAt'> & {
  readonly refreshedAt: string | null;
  readonly problem: ProjectMembers['problem'] | null;
};

/** What to write once Gerrit has answered; undefined when it stands already, time of refresh and all. */
export function planMembers(
  current: ProjectMembers | undefined,
  decided: DecidedMembers,
  now: Date,
): MembersPatch | undefined {
  const { problem, ...people } = decided;
  if (current !== undefined && isSame(current, people) && isSameProblem(current.problem, problem)) return undefined;
  const since = current?.problem?.reason === problem?.reason ? current?.problem?.since : undefined;
  return {
    ...people,
    refreshedAt: now.toISOString(),
    problem: problem === undefined ? null : { ...problem, since: since ?? now.toISOString() },
  };
}

/** Gerrit has not answered. */
export interface Outage {
  /** When it was first asked in vain. */
  readonly since: Date;
  readonly message: string;
  readonly refreshMs: number;
}

/**
 * What to write while Gerrit does not answer: nothing within the refresh time, then that the people may be outdated, and
 * after `KEPT_PERIODS` refresh times that nobody is bound. The clock stands in the status, so a new leader goes on with it.
 */
export function planOutage(
  current: ProjectMembers | undefined,
  { since, message, refreshMs }: Outage,
  now: Date,
): MembersPatch | undefined {
  const told = isOutage(current?.problem?.reason) ? current?.problem : undefined;
  const began = told === undefined ? since : new Date(Math.min(Date.parse(told.since), since.getTime()));
  const lasts = now.getTime() - began.getTime();
  const reason = lasts >= KEPT_PERIODS * refreshMs ? OUTAGE.taken : lasts >= refreshMs ? OUTAGE.kept : undefined;
  if (reason === undefined || reason === told?.reason || told?.reason === OUTAGE.taken) return undefined;
  const {
    problem: _,
    refreshedAt = null,
    ...people
  } = current ?? { ...NOBODY, problem: undefined, refreshedAt: undefined };
  return {
    ...(reason === OUTAGE.taken ? NOBODY : people),
    refreshedAt,
    problem: { reason, message, since: began.toISOString() },
  };
}

const OUTAGE = { kept: 'GerritSilent', taken: 'GerritSilentTooLong' } as const;
const isOutage = (reason: string | undefined): boolean => reason === OUTAGE.kept || reason === OUTAGE.taken;

const NOBODY = { owners: [], contributors: [], ownerGroups: [], contributorGroups: [], notBound: [] };

/** The condition that tells of `status.members`; undefined when people do not follow Gerrit. */
export function planMembersCondition(
  members: ProjectMembers | undefined,
): Pick<ProjectCondition, 'type' | 'status' | 'reason' | 'message'> | undefined {
  if (members === undefined) return undefined;
  const { problem, owners, contributors, notBound } = members;
  const type = ConditionType.membersCurrent;
  if (problem !== undefined) {
    return { type, status: 'False', reason: problem.reason, message: problem.message };
  }
  const left = notBound.length === 0 ? '' : `; not bound: ${notBound.join('; ')}`;
  const message = `${count(owners, 'owner')} and ${count(contributors, 'contributor')} by Gerrit${left}`;
  return { type, status: 'True', reason: 'Current', message: message.slice(0, 2000) };
}

/**
 * How long to wait from the start of one refresh to the start of the next: earlier by what two of them take, so that
 * what changes right after it was read is read, and in force, within the refresh time.
 */
export function planNextRefresh(refreshMs: number, tookMs: number): number {
  return Math.max(refreshMs - 2 * tookMs, refreshMs / 2);
}

const count = ({ length }: readonly string[], what: string): string => `${length} ${what}${length === 1 ? '' : 's'}`;

function isSame(a: ProjectMembers, b: Omit<DecidedMembers, 'problem'>): boolean {
  const fields = ['owners', 'contributors', 'ownerGroups', 'contributorGroups', 'notBound'] as const;
  return fields.every(
    (field) => a[field].length === b[field].length && a[field].every((name, i) => name === b[field][i]),
  );
}

const isSameProblem = (a: ProjectMembers['problem'], b: DecidedMembers['problem']): boolean =>
  a?.reason === b?.reason && a?.message === b?.message;
