import { MOST_PEOPLE, type ProjectMembers } from '../../../core/project';
import type { MembersConfig } from '../../../core/service-config';
import type { AccountInfo, GroupDetailInfo } from '../../shared/gerrit-schema';
import type { GroupRef, OwnerRules } from './plan-owner-rules';

/** What Gerrit said of a project's people. */
export interface MemberFacts {
  readonly rules: OwnerRules;
  readonly contributors: ContributorGroup;
  /** Groups by UUID, all that `groupsToRead` asked for; undefined: hidden from us, or not one of Gerrit's own. */
  readonly groups: ReadonlyMap<string, GroupDetailInfo | undefined>;
}

/** The contributor group: none for this project, or one, or one that is configured and that Gerrit does not show us. */
export type ContributorGroup =
  | { readonly kind: 'none' }
  | { readonly kind: 'group'; readonly group: GroupRef }
  | { readonly kind: 'missing'; readonly name: string };

/** People and groups to bind, without the times that belong beside them. */
export interface DecidedMembers extends Omit<ProjectMembers, 'refreshedAt' | 'problem'> {
  readonly problem?: { readonly reason: string; readonly message: string };
}

/** How Gerrit writes the UUID of a group it keeps itself. Names prove nothing: anybody may call theirs `ldap/staff`. */
const INTERNAL = /^[0-9a-f]{40}$/;
/** Names that Gerrit gives accounts; none has a colon, so none can be one of Kubernetes' own (`system:…`). */
const USERNAME = /^[A-Za-z0-9][A-Za-z0-9._@+-]{0,127}$/;

/** Groups whose members are not known yet and are needed: those the rules name, and those that are in them. */
export function groupsToRead({ rules, contributors, groups }: MemberFacts): string[] {
  const named = rules.kind === 'rules' ? [...rules.allow, ...rules.block] : [];
  const { visited } = walk([...named, ...(contributors.kind === 'group' ? [contributors.group] : [])], groups);
  return [...visited.keys()].filter((uuid) => INTERNAL.test(uuid) && !groups.has(uuid));
}

/** Who is bound in a project's namespace. When anything is in doubt, nobody is: it says so in `problem` or `notBound`. */
export function decideMembers(facts: MemberFacts, { groups: mapped }: Pick<MembersConfig, 'groups'>): DecidedMembers {
  const { rules, groups } = facts;
  const contributors = expandContributors(facts, mapped);
  const looking = { contributors: contributors.users, contributorGroups: contributors.groups };
  const nobody = (reason: string, message: string): DecidedMembers => ({
    owners: [],
    ownerGroups: [],
    ...looking,
    notBound: contributors.notBound,
    problem: { reason, message },
  });
  if (rules.kind === 'unreadable') {
    const cure = `grant its account Read on refs/meta/config of '${rules.project}' (All-Projects grants it for all)`;
    return nobody('AccessNotReadable', `Gerrit does not show the access rules of '${rules.project}'; ${cure}`);
  }
  const blocked = blockedAccounts(rules.block, groups);
  if (blocked.kind === 'unknown') {
    const message = `Gerrit blocks owners by group '${blocked.group}', whose members it does not show in full; make it visible to all`;
    return nobody('BlockNotReadable', message);
  }
  const owners = expand(rules.allow, groups, mapped, blocked.accounts);
  if (rules.block.length > 0 && owners.groups.length > 0) {
    const names = owners.groups.map((group) => `'${group}'`).join(', ');
    return nobody('GroupPartlyBlocked', `a block applies, and of group ${names} all would be bound or none`);
  }
  const tooMany = [owners, contributors].find(({ users }) => users.length > MOST_PEOPLE);
  if (tooMany !== undefined) {
    const message = `${tooMany.users.length} people own it or look at it by Gerrit's groups, more than ${MOST_PEOPLE}; name a smaller group`;
    return { ...nobody('TooManyPeople', message), contributors: [], contributorGroups: [] };
  }
  return {
    owners: owners.users,
    ownerGroups: owners.groups,
    ...looking,
    notBound: [...new Set([...owners.notBound, ...contributors.notBound])].sort(),
  };
}

function expandContributors({ contributors, groups }: MemberFacts, mapped: MembersConfig['groups']): Expansion {
  switch (contributors.kind) {
    case 'none':
      return expand([], groups, mapped);
    case 'group':
      return expand([contributors.group], groups, mapped);
    case 'missing': {
      const notBound = [`${contributors.name}: Gerrit shows our account no group of that name`];
      return { users: [], groups: [], notBound };
    }
  }
}

interface Expansion {
  /** User names, sorted. */
  readonly users: string[];
  /** Groups of the identity provider, sorted. */
  readonly groups: string[];
  readonly notBound: string[];
}

function expand(
  roots: readonly GroupRef[],
  groups: MemberFacts['groups'],
  mapped: MembersConfig['groups'],
  without: ReadonlySet<number> = new Set(),
): Expansion {
  const users = new Set<string>();
  const bound = new Set<string>();
  const notBound = new Set<string>();
  const { visited, accounts } = walk(roots, groups);
  for (const account of accounts) {
    const username = usableName(account);
    if (username !== undefined && !without.has(account._account_id ?? -1)) users.add(username);
  }
  for (const [uuid, name] of visited) {
    const fate = groupFate({ uuid, name }, groups, mapped);
    if (fate.kind === 'bound') bound.add(fate.group);
    if (fate.kind === 'left') notBound.add(`${name}: ${fate.why}`);
  }
  return { users: [...users].sort(), groups: [...bound].sort(), notBound: [...notBound].sort() };
}

type GroupFate =
  | { readonly kind: 'expanded' }
  | { readonly kind: 'bound'; readonly group: string }
  | { readonly kind: 'left'; readonly why: string };

/** What becomes of one group: its members are bound, or it is as a group of the identity provider, or neither. */
function groupFate(
  { uuid, name }: GroupRef,
  groups: MemberFacts['groups'],
  mapped: MembersConfig['groups'],
): GroupFate {
  if (INTERNAL.test(uuid)) {
    const why = 'hidden from our account, or gone; make it visible to all';
    return groups.get(uuid) === undefined ? { kind: 'left', why } : { kind: 'expanded' };
  }
  if (/^(global|user):/.test(uuid)) return { kind: 'left', why: 'global groups are never bound' };
  const group = Object.hasOwn(mapped, name) ? mapped[name] : undefined;
  if (group === undefined) {
    return { kind: 'left', why: "not one of Gerrit's own, and `seakeeper:members` maps it to none" };
  }
  const isSpecial = group.startsWith('system:');
  return isSpecial ? { kind: 'left', why: `${group} is one of Kubernetes' own groups` } : { kind: 'bound', group };
}

type Blocked =
  | { readonly kind: 'known'; readonly accounts: ReadonlySet<number> }
  | { readonly kind: 'unknown'; readonly group: string };

/** Whom blocks name. Known only when Gerrit shows every member of every group in them. */
function blockedAccounts(block: readonly GroupRef[], groups: MemberFacts['groups']): Blocked {
  const { visited, accounts } = walk(block, groups);
  for (const [uuid, name] of visited) {
    if (groups.get(uuid)?.options.visible_to_all !== true) return { kind: 'unknown', group: name };
  }
  return { kind: 'known', accounts: new Set(accounts.flatMap(({ _account_id }) => _account_id ?? [])) };
}

/** The groups in groups, each once however they include each other, and their members. */
function walk(roots: readonly GroupRef[], groups: MemberFacts['groups']) {
  const visited = new Map<string, string>();
  const accounts: AccountInfo[] = [];
  const queue = [...roots];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    if (visited.has(next.uuid)) continue;
    visited.set(next.uuid, next.name);
    const { members = [], includes = [] } = groups.get(next.uuid) ?? {};
    accounts.push(...members);
    queue.push(...includes.map(({ id, name = id }) => ({ uuid: id, name })));
  }
  return { visited, accounts };
}

/** The name the identity provider has for an account; undefined for one that is inactive, has none, or an odd one. */
function usableName({ username, inactive }: AccountInfo): string | undefined {
  return inactive !== true && username !== undefined && USERNAME.test(username) ? username : undefined;
}
