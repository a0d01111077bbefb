import type { NamespaceMembers } from '../../../constructs/project-namespace';
import { DOMAIN } from '../../../core/labels';
import { ConditionType, type ProjectCondition, ProjectObject } from '../../../core/project';
import { projectObjectName } from '../../../core/project-name';
import { planMembersCondition } from '../members/plan-members';
import type { ProjectFacts } from './project-table';

/** What an older version put on every Project, so that its deletion waited; nothing waits for it any more. */
export const OLD_FINALIZER = `${DOMAIN}/retire`;

const OURS: readonly string[] = Object.values(ConditionType);

/** What is kept of a Project; `facts` undefined: it is being deleted, which is as if it were gone. Throws on none. */
export function readProject(object: unknown): {
  id: string;
  uid: string;
  facts: ProjectFacts | undefined;
  hasOldFinalizer: boolean;
} {
  const { metadata, spec, status } = ProjectObject.parse(object);
  const { name, uid = '', generation = 0, deletionTimestamp, finalizers = [] } = metadata;
  const hasOldFinalizer = finalizers.includes(OLD_FINALIZER);
  if (deletionTimestamp !== undefined) return { id: name, uid, facts: undefined, hasOldFinalizer };
  const { members } = status ?? {};
  const facts: ProjectFacts = {
    uid,
    generation,
    spec,
    isRightlyNamed: projectObjectName(spec.gerritName) === name,
    members: members === undefined ? undefined : bound(members),
    membersOutcome: planMembersCondition(members),
    hasOldFinalizer,
    told: {
      namespace: status?.namespace,
      quotaUse: status?.quotaUse,
      conditions: (status?.conditions ?? []).filter(({ type }) => OURS.includes(type)).map(shared),
    },
  };
  return { id: name, uid, facts, hasOldFinalizer };
}

const bound = ({ owners, contributors, ownerGroups, contributorGroups }: NamespaceMembers): NamespaceMembers => ({
  owners,
  contributors,
  ownerGroups,
  contributorGroups,
});

/** Ten thousand projects say the same few words: kept once. Bounded, for a message may be anybody's. */
const words = new Map<string, string>();
const MOST_WORDS = 1000;

function intern(text: string): string {
  const known = words.get(text);
  if (known === undefined && words.size < MOST_WORDS) words.set(text, text);
  return known ?? text;
}

const shared = (condition: ProjectCondition): ProjectCondition => ({
  ...condition,
  type: intern(condition.type),
  reason: intern(condition.reason),
  message: intern(condition.message),
});
