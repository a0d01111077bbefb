import type { ProjectAccessInfo } from '../../shared/gerrit-schema';

/** One project on the way from a project to All-Projects. */
export interface AccessLevel {
  readonly project: string;
  /** Absent: there is none, or none for us to see. */
  readonly access: ProjectAccessInfo | undefined;
}

/** A group as a rule names it. */
export interface GroupRef {
  /** What Gerrit knows it by: 40 hex digits for its own, `ldap:…`, `global:…`. */
  readonly uuid: string;
  /** For people. */
  readonly name: string;
}

/** Who owns a project by Gerrit's rules, as groups; or the project whose rules we may not read. */
export type OwnerRules =
  | { readonly kind: 'rules'; readonly allow: readonly GroupRef[]; readonly block: readonly GroupRef[] }
  | { readonly kind: 'unreadable'; readonly project: string };

/** Owning a project is holding this permission on this pattern; on a narrower one, it is owning a part of the project. */
const OWNER = 'owner';
const EVERYTHING = 'refs/*';

/**
 * The rules of Gerrit's `owner` permission, from the project (first) to All-Projects (last), as Gerrit reads them: the
 * nearest rule for a group stands, an exclusive permission cuts off what is above it, and a block reaches down to every
 * child. Where Gerrit lets an exception through a block, this does not.
 *
 * What All-Projects allows is left out: whoever owns every project administers Gerrit.
 */
export function planOwnerRules(levels: readonly AccessLevel[]): OwnerRules {
  const allow: GroupRef[] = [];
  const block: GroupRef[] = [];
  const decided = new Set<string>();
  let isCut = false;
  for (const { project, access } of levels) {
    // Without sight of refs/meta/config Gerrit leaves rules out, and one of those may be a block.
    if (access?.config_visible !== true) return { kind: 'unreadable', project };
    const isRoot = access.inherits_from === undefined;
    let cutsHere = false;
    for (const { isExact, exclusive, uuid, action } of ownerRulesOf(access)) {
      const group = { uuid, name: access.groups[uuid]?.name ?? uuid };
      if (action === 'BLOCK') block.push(group);
      const isNearest = !decided.has(uuid);
      decided.add(uuid);
      if (action === 'ALLOW' && isExact && isNearest && !isCut && !isRoot) allow.push(group);
      cutsHere ||= exclusive;
    }
    isCut ||= cutsHere;
  }
  return { kind: 'rules', allow, block };
}

interface OwnerRule {
  readonly uuid: string;
  readonly action: string | undefined;
  /** On everything; a regular expression may match that too, but is trusted only to take away. */
  readonly isExact: boolean;
  readonly exclusive: boolean;
}

/** Rules that take away come first: within one project they beat an ALLOW for the same group, whatever the order. */
function ownerRulesOf({ local }: ProjectAccessInfo): OwnerRule[] {
  const rules = Object.entries(local)
    .filter(([pattern]) => pattern === EVERYTHING || pattern.startsWith('^'))
    .flatMap(([pattern, { permissions }]) => {
      const { rules: byGroup = {}, exclusive = false } = permissions[OWNER] ?? {};
      const isExact = pattern === EVERYTHING;
      return Object.entries(byGroup).map(([uuid, { action }]) => ({ uuid, action, isExact, exclusive }));
    });
  return [...rules.filter(({ action }) => action !== 'ALLOW'), ...rules.filter(({ action }) => action === 'ALLOW')];
}
