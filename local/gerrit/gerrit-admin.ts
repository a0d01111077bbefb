import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { GerritHttp, parseAnswer } from '../../services/shared/gerrit-http';
import { ChangeInfo } from '../../services/shared/gerrit-schema';
import { commitAndPush, type Files } from './git-commits';

/** Who acts on Gerrit. */
export interface GerritActor {
  readonly account: string;
  readonly password: string;
  /** An address that Gerrit knows as the account's: it checks committers. */
  readonly email: string;
  readonly name: string;
}

/** A patch set as it was pushed. */
export interface PushedPatchSet {
  readonly project: string;
  readonly branch: string;
  /** Change number. */
  readonly number: number;
  readonly changeId: string;
  readonly patchSet: number;
  /** Commit of the patch set. */
  readonly revision: string;
  /** `refs/changes/…` */
  readonly ref: string;
}

export interface PushChangeOptions {
  readonly project: string;
  readonly subject: string;
  readonly files: Files;
  /** @default master */
  readonly branch?: string;
  /** More of the commit message, between subject and footer. */
  readonly body?: string;
  readonly topic?: string;
  readonly workInProgress?: boolean;
  /** Stands on this patch set instead of on the branch. */
  readonly onTopOf?: PushedPatchSet;
}

const Message = z.object({ message: z.string(), tag: z.string().optional(), author: z.string(), patchSet: z.number() });
/** A change message: who said what on which patch set. */
export type Message = z.infer<typeof Message>;

/** A vote that stands. */
export interface Vote {
  readonly label: string;
  readonly account: string;
  readonly value: number;
}

/**
 * What people do with Gerrit, for seeding, the demo and the end-to-end tests: projects, definitions, changes, comments.
 * Safe to use many times at once on different projects.
 */
export class GerritAdmin {
  private readonly http: GerritHttp;

  /** @param baseUrl of REST and git, no trailing slash */
  constructor(
    private readonly baseUrl: string,
    private readonly actor: GerritActor,
  ) {
    this.http = new GerritHttp({ baseUrl, account: actor.account, password: () => actor.password });
  }

  /** Makes a project with an empty first commit on `master`; one that exists is left alone. True: it was made. */
  async createProject(project: string, description = ''): Promise<boolean> {
    const answer = await this.http.call('PUT', `/projects/${encodeURIComponent(project)}`, {
      body: { create_empty_commit: true, branches: ['master'], description },
      accepted: [409],
    });
    return answer.status !== 409;
  }

  /** Commits files to `refs/meta/config`, such as `seakeeper/test.yaml`. Resolves with the commit. */
  async pushDefinition(project: string, files: Files, message = 'Change the definition'): Promise<string> {
    return this.pushCommit(project, 'refs/meta/config', files, message);
  }

  /** Commits files straight to a branch, past review. Resolves with the commit. */
  async pushCommit(project: string, ref: string, files: Files, message: string): Promise<string> {
    return commitAndPush({ ...this.repository(project), base: ref, files, message: `${message}\n`, target: ref });
  }

  /** Pushes a new change for review. */
  async pushChange(options: PushChangeOptions): Promise<PushedPatchSet> {
    const { project, branch = 'master', subject, body, topic, workInProgress, onTopOf, files } = options;
    const changeId = `I${randomBytes(20).toString('hex')}`;
    const pushOptions = [
      ...(topic === undefined ? [] : [`topic=${topic}`]),
      ...(workInProgress === true ? ['wip'] : []),
    ];
    const target = `refs/for/${branch}${pushOptions.length === 0 ? '' : `%${pushOptions.join(',')}`}`;
    const message = [subject, ...(body === undefined ? [] : [body]), `Change-Id: ${changeId}`].join('\n\n');
    const base = onTopOf?.ref ?? fullRef(branch);
    const revision = await commitAndPush({ ...this.repository(project), base, files, message: `${message}\n`, target });
    return this.describePush(project, branch, changeId, revision);
  }

  /** Pushes the next patch set of a change: its files with these changed, on the same parent. */
  async pushPatchSet(previous: PushedPatchSet, files: Files): Promise<PushedPatchSet> {
    const { project, branch, changeId } = previous;
    const info = await this.change(project, previous.number);
    const revision = await commitAndPush({
      ...this.repository(project),
      base: previous.ref,
      replaceBase: true,
      files,
      message: `${info.subject}\n\nChange-Id: ${changeId}\n`,
      target: `refs/for/${branch}`,
    });
    return this.describePush(project, branch, changeId, revision);
  }

  /** Comments on the current patch set, with votes if given. Rejects when a vote is not allowed. */
  async comment(
    change: Pick<PushedPatchSet, 'project' | 'number'>,
    message: string,
    labels: Readonly<Record<string, number>> = {},
  ): Promise<void> {
    await this.http.call('POST', `${path(change)}/revisions/current/review`, { body: { message, labels } });
  }

  async abandon(change: Pick<PushedPatchSet, 'project' | 'number'>): Promise<void> {
    await this.http.call('POST', `${path(change)}/abandon`, { body: {} });
  }

  async restore(change: Pick<PushedPatchSet, 'project' | 'number'>): Promise<void> {
    await this.http.call('POST', `${path(change)}/restore`, { body: {} });
  }

  /** Submits a change whose requirements are met. Rejects with Gerrit's reason otherwise. */
  async submit(change: Pick<PushedPatchSet, 'project' | 'number'>): Promise<void> {
    await this.http.call('POST', `${path(change)}/submit`, { body: {} });
  }

  /** The change as Gerrit has it now, with revisions, messages, votes. */
  async change(project: string, number: number): Promise<ChangeInfo> {
    return ChangeInfo.parse(await this.http.getJson(`${path({ project, number })}/?${DETAILS}`));
  }

  /** Messages of a change, oldest first. */
  async messages(change: Pick<PushedPatchSet, 'project' | 'number'>): Promise<Message[]> {
    const info = await this.change(change.project, change.number);
    return (info.messages ?? []).map((message) => ({
      message: message.message,
      tag: message.tag,
      author: message.author?.username ?? '',
      patchSet: message._revision_number ?? 0,
    }));
  }

  /** Votes other than zero that stand on the change. */
  async votes(change: Pick<PushedPatchSet, 'project' | 'number'>): Promise<Vote[]> {
    const info = await this.change(change.project, change.number);
    return Object.entries(info.labels ?? {}).flatMap(([label, { all = [] }]) =>
      all.flatMap(({ username = '', value = 0 }) => (value === 0 ? [] : [{ label, account: username, value }])),
    );
  }

  /** Any REST call below `/a`, for what has no method of its own; JSON in and out. */
  async rest(method: 'GET' | 'PUT' | 'POST' | 'DELETE', restPath: string, body?: unknown): Promise<unknown> {
    const answer = await this.http.call(method, restPath, body === undefined ? {} : { body });
    return answer.text === '' ? undefined : parseAnswer(answer, `${method} ${restPath}`);
  }

  async close(): Promise<void> {
    await this.http.close();
  }

  private repository(project: string) {
    const { account, password, email, name } = this.actor;
    return { url: `${this.baseUrl}/a/${encodeURI(project)}`, account, password, email, name };
  }

  private async describePush(
    project: string,
    branch: string,
    changeId: string,
    revision: string,
  ): Promise<PushedPatchSet> {
    const id = [project, branch, changeId].map(encodeURIComponent).join('~');
    const info = ChangeInfo.parse(await this.http.getJson(`/changes/${id}/?${DETAILS}`));
    const pushed = info.revisions?.[revision];
    if (pushed === undefined) {
      throw new Error(`change ${info._number} of ${project} has no revision ${revision} after it was pushed`);
    }
    return { project, branch, number: info._number, changeId, patchSet: pushed._number, revision, ref: pushed.ref };
  }
}

const DETAILS = ['ALL_REVISIONS', 'MESSAGES', 'DETAILED_LABELS', 'DETAILED_ACCOUNTS', 'SUBMITTABLE']
  .map((option) => `o=${option}`)
  .join('&');

const path = (change: Pick<PushedPatchSet, 'project' | 'number'>): string =>
  `/changes/${encodeURIComponent(change.project)}~${change.number}`;

const fullRef = (branch: string): string => (branch.startsWith('refs/') ? branch : `refs/heads/${branch}`);
