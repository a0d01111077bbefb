import pLimit from 'p-limit';
import { PROJECTS_PATH, type ProjectMembers } from '../../../core/project';
import type { MembersConfig } from '../../../core/service-config';
import { messageOf, TransientError } from '../../shared/errors';
import type { GerritClient } from '../../shared/gerrit-client';
import { type KubeClient, KubeError } from '../../shared/kube-client';
import type { Logger } from '../../shared/log';
import { decideMembers } from './decide-members';
import { GerritPeople } from './gerrit-people';
import { writesTotal } from './metrics';
import { type MembersPatch, planMembers, planOutage } from './plan-members';

/** Projects whose access is asked for at once. */
const BATCH = 50;
/** Writes under way at a time. */
const WRITES = 8;

/** A Project as far as its people go. */
export interface KnownProject {
  /** Name of the object. */
  readonly name: string;
  readonly gerritName: string;
  readonly members: ProjectMembers | undefined;
}

export interface MembersControllerOptions {
  readonly kube: Pick<KubeClient, 'patch'>;
  readonly gerrit: Pick<GerritClient, 'accessOf' | 'findGroup'>;
  readonly log: Logger;
  /** @default the present */
  readonly now?: () => Date;
}

/** Says on each Project who its people are, as Gerrit names them; writes what changed and nothing else. */
export class MembersController {
  private readonly limitWrites = pLimit(WRITES);
  /** Since when Gerrit has given no answer about a project, by the object's name. */
  private readonly silentSince = new Map<string, Date>();
  private readonly now: () => Date;

  constructor(private readonly options: MembersControllerOptions) {
    this.now = options.now ?? (() => new Date());
  }

  /**
   * Brings these Projects up to date. Resolves to whether Gerrit answered; when it does not, the rest is not asked for.
   * Rejects when the API server refuses a write. Stops between requests when `signal` fires.
   */
  async refresh(projects: readonly KnownProject[], config: MembersConfig, signal?: AbortSignal): Promise<boolean> {
    const people = new GerritPeople(this.options.gerrit, config.contributorGroup);
    let refused: WriteError | undefined;
    for (let start = 0; start < projects.length && signal?.aborted !== true; start += BATCH) {
      const batch = projects.slice(start, start + BATCH);
      try {
        await people.prefetch(batch.map(({ gerritName }) => gerritName));
        const done = batch.map((project) =>
          this.refreshOne(project, people, config).catch((error: unknown) => {
            // What the API server says of one Project does not hold up the others.
            if (!(error instanceof WriteError)) throw error;
            refused ??= error;
          }),
        );
        await Promise.all(done);
      } catch (error) {
        if (!(error instanceof TransientError)) throw error;
        await this.tellSilence(projects.slice(start), error, config);
        return false;
      }
    }
    if (refused !== undefined) throw refused;
    return true;
  }

  /** Takes what Gerrit said off these Projects: their people do not follow it any more. */
  async forget(projects: readonly KnownProject[]): Promise<void> {
    this.silentSince.clear();
    const told = projects.filter(({ members }) => members !== undefined);
    await Promise.all(told.map(({ name }) => this.write(name, null)));
  }

  private async refreshOne(project: KnownProject, people: GerritPeople, config: MembersConfig): Promise<void> {
    let decided: ReturnType<typeof decideMembers>;
    try {
      decided = decideMembers(await people.factsOf(project.gerritName), config);
    } catch (error) {
      if (error instanceof TransientError) throw error;
      // An answer that is understood no better the next time: this project's people stay for the same time.
      return this.tellSilence([project], error, config);
    }
    this.silentSince.delete(project.name);
    const patch = planMembers(project.members, decided, this.now());
    if (patch !== undefined) {
      await this.write(project.name, patch);
      const { owners, contributors, ownerGroups, contributorGroups, problem } = patch;
      const counts = { owners: owners.length, contributors: contributors.length };
      const groups = { ownerGroups, contributorGroups, reason: problem?.reason };
      this.options.log.info({ project: project.gerritName, ...counts, ...groups }, 'people of a project changed');
    }
  }

  private async tellSilence(projects: readonly KnownProject[], error: unknown, config: MembersConfig): Promise<void> {
    const now = this.now();
    const message = messageOf(error).slice(0, 500);
    const refreshMs = config.refreshMinutes * 60_000;
    this.options.log.warn({ projects: projects.length, reason: message }, 'Gerrit could not be asked for people');
    await Promise.all(
      projects.map(async ({ name, members }) => {
        const since = this.silentSince.get(name) ?? now;
        this.silentSince.set(name, since);
        const patch = planOutage(members, { since, message, refreshMs }, now);
        if (patch !== undefined) await this.write(name, patch);
      }),
    );
  }

  private write(name: string, members: MembersPatch | null): Promise<void> {
    return this.limitWrites(async () => {
      try {
        await this.options.kube.patch(`${PROJECTS_PATH}/${name}/status`, 'merge', { status: { members } });
        writesTotal.inc();
      } catch (error) {
        if (error instanceof KubeError && error.status === 404) return;
        throw new WriteError(messageOf(error), { cause: error });
      }
    });
  }
}

/** The API server did not take what was to be written: no fault of Gerrit's. */
export class WriteError extends Error {
  override readonly name = 'WriteError';
}
