import pLimit from 'p-limit';
import { TransientError } from '../../shared/errors';
import type { GerritClient } from '../../shared/gerrit-client';
import type { GroupDetailInfo, ProjectAccessInfo } from '../../shared/gerrit-schema';
import { groupsToRead, type MemberFacts } from './decide-members';
import { type AccessLevel, planOwnerRules } from './plan-owner-rules';

/** Requests of a refresh that Gerrit has at a time. */
const CONCURRENCY = 4;
/** Stands for the project's name in the name of the contributor group. */
const PROJECT_PLACEHOLDER = '{project}';
/** Gerrit knows no cycle of parents; a longer line than this is a mistake of ours. */
const MOST_PARENTS = 32;

/**
 * Reads who the people of projects are. One reader is for one refresh: what projects have in common, parents and groups,
 * is asked for once.
 */
export class GerritPeople {
  private readonly accesses = new Map<string, Promise<ProjectAccessInfo | undefined>>();
  private readonly groups = new Map<string, Promise<GroupDetailInfo | undefined>>();
  private readonly limit = pLimit(CONCURRENCY);

  /** @param contributorGroup name of the group whose members look on; `{project}` in it stands for the project */
  constructor(
    private readonly gerrit: Pick<GerritClient, 'accessOf' | 'findGroup'>,
    private readonly contributorGroup: string | undefined,
  ) {}

  /** Reads the access of these projects in one request or few; what `factsOf` asks for is then known. */
  async prefetch(projects: readonly string[]): Promise<void> {
    const answer = this.limit(() => this.gerrit.accessOf(projects));
    for (const project of projects) {
      const access = answer.then((accesses) => accesses.get(project));
      // It is told to whoever asks for that project.
      access.catch(() => undefined);
      this.accesses.set(project, access);
    }
    try {
      await answer;
    } catch (error) {
      if (error instanceof TransientError) throw error;
      // One of them may be why: each is asked for by itself then.
      for (const project of projects) this.accesses.delete(project);
    }
  }

  /** What Gerrit says of a project's people. Rejects as `GerritClient` does. */
  async factsOf(project: string): Promise<MemberFacts> {
    const rules = planOwnerRules(await this.levelsOf(project));
    const contributors = await this.contributorsOf(project);
    const groups = new Map<string, GroupDetailInfo | undefined>();
    for (;;) {
      const facts: MemberFacts = { rules, contributors, groups };
      const wanted = groupsToRead(facts);
      if (wanted.length === 0) return facts;
      await Promise.all(wanted.map(async (uuid) => groups.set(uuid, await this.groupOf(uuid))));
    }
  }

  private async levelsOf(project: string): Promise<AccessLevel[]> {
    const levels: AccessLevel[] = [];
    let next: string | undefined = project;
    while (next !== undefined && levels.length < MOST_PARENTS) {
      const access: ProjectAccessInfo | undefined = await this.accessOf(next);
      levels.push({ project: next, access });
      next = access?.inherits_from?.name;
    }
    // Cut off before All-Projects, a block may be missing: the same as a level that cannot be read.
    return next === undefined ? levels : [...levels, { project: next, access: undefined }];
  }

  private accessOf(project: string): Promise<ProjectAccessInfo | undefined> {
    return memo(this.accesses, project, async () => {
      const accesses = await this.limit(() => this.gerrit.accessOf([project]));
      return accesses.get(project);
    });
  }

  private groupOf(group: string): Promise<GroupDetailInfo | undefined> {
    return memo(this.groups, group, () => this.limit(() => this.gerrit.findGroup(group)));
  }

  private async contributorsOf(project: string): Promise<MemberFacts['contributors']> {
    if (this.contributorGroup === undefined) return { kind: 'none' };
    const name = this.contributorGroup.replaceAll(PROJECT_PLACEHOLDER, () => project);
    const found = await this.groupOf(name);
    // Gerrit takes a UUID or a number for a name too, and a project may be called like one.
    if (found?.name === name) {
      this.groups.set(found.id, Promise.resolve(found));
      return { kind: 'group', group: { uuid: found.id, name } };
    }
    // One for each project need not be there for each.
    return name === this.contributorGroup ? { kind: 'missing', name } : { kind: 'none' };
  }
}

function memo<Value>(known: Map<string, Promise<Value>>, key: string, read: () => Promise<Value>): Promise<Value> {
  const found = known.get(key);
  if (found !== undefined) return found;
  const value = read();
  known.set(key, value);
  return value;
}
