import type { GerritEvent } from '../../core/gerrit-event';
import { TransientError } from '../shared/errors';
import {
  type AccountName,
  type GerritFacts,
  membershipKey,
  mergeFacts,
  type Need,
  type PatchSetFacts,
  type StandingVote,
} from '../shared/filter/model-facts';
import type { ChangeOption, GerritClient } from '../shared/gerrit-client';
import type { AccountInfo, ChangeInfo } from '../shared/gerrit-schema';
import type { FilterFacts } from './ports';

const OF_PATCH_SETS: readonly ChangeOption[] = ['ALL_REVISIONS', 'ALL_COMMITS', 'DETAILED_ACCOUNTS'];
const OF_VOTES: readonly ChangeOption[] = ['DETAILED_LABELS', 'DETAILED_ACCOUNTS'];

/** The patch set an event is about. */
interface Subject {
  readonly project: string;
  readonly change: number;
  readonly revision: string;
}

/**
 * Asks Gerrit for what filters need, all of it at once. What Gerrit does not say is an error, and the event is tried
 * again: silence is no answer. All but groups takes no more than reading the change. To tell who is in a group, the group
 * must be visible to all registered users, and accounts to the service's: `accounts.visibility = ALL`, or the capability
 * View All Accounts.
 */
export class GerritFilterFacts implements FilterFacts {
  constructor(
    private readonly gerrit: Pick<GerritClient, 'findChange' | 'findFiles' | 'findGroup' | 'findAccount' | 'groupsOf'>,
  ) {}

  async find(event: GerritEvent, needs: readonly Need[]): Promise<GerritFacts> {
    const different = new Map(needs.map((need) => [JSON.stringify(need), need]));
    const facts = await Promise.all([...different.values()].map((need) => this.findOne(event, need)));
    return facts.reduce(mergeFacts, {});
  }

  private async findOne(event: GerritEvent, need: Need): Promise<GerritFacts> {
    switch (need.kind) {
      case 'membership': {
        const isMember = await this.isMember(need.account, need.group);
        return { memberships: { [membershipKey(need.account, need.group)]: isMember } };
      }
      case 'files':
        return { files: await this.files(subjectOf(event)) };
      case 'votes':
        return { votes: votesOf(await this.change(subjectOf(event), OF_VOTES)) };
      case 'patch-set':
        return { patchSet: patchSetOf(await this.change(subjectOf(event), OF_PATCH_SETS), subjectOf(event)) };
      case 'change':
        throw new Error('a change is read before filters ask for it');
    }
  }

  private async change({ project, change }: Subject, options: readonly ChangeOption[]): Promise<ChangeInfo> {
    const found = await this.gerrit.findChange(project, change, options);
    if (found === undefined) throw new TransientError(`Gerrit does not show change ${change} of '${project}' any more`);
    return found;
  }

  private async files({ project, change, revision }: Subject): Promise<string[]> {
    const files = await this.gerrit.findFiles(project, change, revision);
    if (files === undefined)
      throw new TransientError(`Gerrit does not say which files ${revision} of change ${change} touches`);
    return files;
  }

  private async isMember({ by, name }: AccountName, group: string): Promise<boolean> {
    const found = await this.gerrit.findGroup(group);
    // Gerrit takes a number for a group too, and leaves out members of a group that is not for all to see.
    if (found === undefined || (found.name !== group && found.id !== group) || !found.options.visible_to_all) {
      throw new TransientError(
        `Gerrit does not show who is in group '${group}', a filter needs it; name a group of Gerrit's own and make it visible to all registered users`,
      );
    }
    const account = await this.gerrit.findAccount(name);
    // An author need not have an account. A user name has one, and Gerrit takes numbers for account ids before names.
    if (account === undefined && by === 'email') return false;
    if (account?._account_id === undefined || (by === 'username' && account.username !== name)) {
      throw new TransientError(
        `Gerrit does not show us account '${name}', a filter needs its groups; allow the service's account to see all accounts`,
      );
    }
    const groups = await this.gerrit.groupsOf(account._account_id);
    if (groups === undefined) throw new TransientError(`Gerrit does not say which groups account '${name}' is in`);
    return groups.some(({ id }) => id === found.id);
  }
}

function subjectOf({ change, patchSet }: GerritEvent): Subject {
  if (change === undefined || patchSet === undefined)
    throw new Error('filters ask for a change where the event has none');
  return { project: change.project, change: change.number, revision: patchSet.revision };
}

function patchSetOf({ revisions }: ChangeInfo, { revision, change }: Subject): PatchSetFacts {
  const found = revisions?.[revision];
  if (found?.commit === undefined || found.uploader === undefined) {
    throw new TransientError(`Gerrit does not show commit and uploader of ${revision} of change ${change} yet`);
  }
  const { commit, uploader, kind } = found;
  return { commitMessage: commit.message, author: commit.author, uploader: accountOf(uploader), kind };
}

/** Votes of accounts; zero is none. */
function votesOf({ labels = {} }: ChangeInfo): StandingVote[] {
  return Object.entries(labels).flatMap(([label, { all = [] }]) =>
    all.flatMap(({ value = 0, date, ...account }) =>
      value === 0 ? [] : [{ label, value, by: accountOf(account), at: Date.parse(date ?? '') }],
    ),
  );
}

const accountOf = ({ name, email, username }: AccountInfo) => ({ name, email, username });
