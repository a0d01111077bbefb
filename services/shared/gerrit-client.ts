import { z } from 'zod';
import { TerminalError } from './errors';
import { excerpt, GerritHttp, type GerritHttpOptions, parseAnswer } from './gerrit-http';
import { type Review, type ReviewOutcome, renderReviewInput } from './gerrit-review';
import {
  AccountInfo,
  BranchInfo,
  CapabilityInfo,
  ChangeInfo,
  CommentInfo,
  CommitInfo,
  DiffInfo,
  FileInfos,
  GroupDetailInfo,
  GroupInfo,
  PATCHSET_LEVEL,
  ProjectAccessInfo,
  ReviewResult,
} from './gerrit-schema';
import { listTips, type ProjectTips } from './list-tips';

export type { Review, ReviewOutcome } from './gerrit-review';

/** Largest message Gerrit takes, in bytes of UTF-8 (its `change.commentSizeLimit`, by default 16 KiB). */
export const MAX_MESSAGE_BYTES = 16 * 1024;

const CHANGES_A_PAGE = 100;
/** Longest query of names in one request; servers take lines of 8 KiB. */
const MOST_QUERY = 4000;
const CONFIG_REF = 'refs/meta/config';

/** What more to send with a change, as Gerrit names it. */
export type ChangeOption =
  | 'CURRENT_REVISION'
  | 'ALL_REVISIONS'
  | 'ALL_COMMITS'
  | 'MESSAGES'
  | 'REVIEWER_UPDATES'
  | 'DETAILED_ACCOUNTS'
  | 'DETAILED_LABELS';

/** What a change is read with when nothing else is asked for: enough to act on an event. */
export const EVENT_OPTIONS: readonly ChangeOption[] = ['CURRENT_REVISION', 'MESSAGES', 'DETAILED_ACCOUNTS'];

/** The tip of a ref, or why there is none for us: Gerrit answers all three with 404. */
export type RefTip =
  | { readonly kind: 'found'; readonly revision: string }
  | { readonly kind: 'no-ref' }
  | { readonly kind: 'not-readable' }
  | { readonly kind: 'no-project' };

/** A file's text at a commit, or why there is none for us. */
export type FileContent =
  | { readonly kind: 'found'; readonly content: string }
  | { readonly kind: 'no-file' }
  | { readonly kind: 'not-readable' };

/**
 * Gerrit's REST, as far as the services use it. Rejects as `GerritHttp` does, and with `TerminalError` when an answer
 * has not the shape it is known to have.
 */
export class GerritClient {
  private readonly http: GerritHttp;

  constructor(options: GerritHttpOptions) {
    this.http = new GerritHttp(options);
  }

  /** The account we are. */
  async account(): Promise<AccountInfo> {
    return parse(AccountInfo, await this.http.getJson('/accounts/self'), 'account');
  }

  async capabilities(): Promise<CapabilityInfo> {
    return parse(CapabilityInfo, await this.http.getJson('/accounts/self/capabilities'), 'capabilities');
  }

  /** An account by user name, address or number; undefined when there is none that we may see. */
  async findAccount(account: string | number): Promise<AccountInfo | undefined> {
    const body = await this.http.findJson(`/accounts/${segment(String(account))}`);
    return body === undefined ? undefined : parse(AccountInfo, body, `account '${account}'`);
  }

  /**
   * Groups that an account is in, by groups in them too, as far as we may see their members: others are left out without a
   * word. Undefined when there is no such account for us.
   */
  async groupsOf(account: string | number): Promise<GroupInfo[] | undefined> {
    const body = await this.http.findJson(`/accounts/${segment(String(account))}/groups`);
    return body === undefined ? undefined : parse(GroupInfo.array(), body, `groups of account '${account}'`);
  }

  /** Names of the groups we are in. */
  async groups(): Promise<string[]> {
    const groups = parse(GroupInfo.array(), await this.http.getJson('/accounts/self/groups'), 'groups');
    return groups.flatMap((group) => group.name ?? []);
  }

  /** Access of many projects in few requests, by name; one that is not there, or not for us to see, is missing. */
  async accessOf(projects: readonly string[]): Promise<Map<string, ProjectAccessInfo>> {
    const query = projects.map((project) => `project=${segment(project)}`).join('&');
    const halve = async () => {
      const middle = Math.ceil(projects.length / 2);
      const first = await this.accessOf(projects.slice(0, middle));
      return new Map([...first, ...(await this.accessOf(projects.slice(middle)))]);
    };
    if (query === '') return new Map();
    if (projects.length > 1 && query.length > MOST_QUERY) return halve();
    const path = `/access/?${query}`;
    // 409: one of them is hidden. Gerrit refuses all because of one.
    const answer = await this.http.call('GET', path, { accepted: [403, 404, 409] });
    if (answer.status >= 400) return projects.length > 1 ? halve() : new Map();
    const body = parseAnswer(answer, 'GET access of projects');
    return new Map(Object.entries(parse(z.record(z.string(), ProjectAccessInfo), body, 'access of projects')));
  }

  /** A group by UUID or name; undefined when there is none, it is hidden from us, or is not one of Gerrit's own. */
  async findGroup(group: string): Promise<GroupDetailInfo | undefined> {
    const path = `/groups/${segment(group)}/detail`;
    const answer = await this.http.call('GET', path, { accepted: [404, 405] });
    if (answer.status === 404 || answer.status === 405) return undefined;
    return parse(GroupDetailInfo, parseAnswer(answer, `GET ${path}`), `group '${group}'`);
  }

  /** A change; undefined when there is none that we may see. */
  async findChange(
    project: string,
    change: number,
    options: readonly ChangeOption[] = EVENT_OPTIONS,
  ): Promise<ChangeInfo | undefined> {
    const query = options.map((option) => `o=${option}`).join('&');
    const body = await this.http.findJson(`/changes/${changeId(project, change)}/?${query}`);
    return body === undefined ? undefined : parse(ChangeInfo, body, `change ${change}`);
  }

  /**
   * Paths that a patch set touches, old names of moved files among them; of a merge, what it brings to the first parent.
   * Undefined when it is not there, or not for us to see.
   */
  async findFiles(project: string, change: number, revision: string): Promise<string[] | undefined> {
    const base = `/changes/${changeId(project, change)}/revisions/${segment(revision)}`;
    const commit = await this.http.findJson(`${base}/commit`);
    if (commit === undefined) return undefined;
    // Asked without a parent, Gerrit names of a merge only what was changed to resolve conflicts.
    const isMerge = parse(CommitInfo, commit, `commit ${revision}`).parents.length > 1;
    const body = await this.http.findJson(`${base}/files/${isMerge ? '?parent=1' : ''}`);
    if (body === undefined) return undefined;
    const files = Object.entries(parse(FileInfos, body, `files of ${revision}`));
    return files.flatMap(([path, { old_path }]) => (old_path === undefined ? path : [path, old_path]));
  }

  /**
   * Paths that comments on a patch set may stand on, `/COMMIT_MSG` among them; of a merge, what was changed to resolve
   * conflicts. Undefined when it is not there, or not for us to see.
   */
  async findCommentPaths(project: string, change: number, revision: string): Promise<string[] | undefined> {
    const body = await this.http.findJson(
      `/changes/${changeId(project, change)}/revisions/${segment(revision)}/files/`,
    );
    return body === undefined ? undefined : Object.keys(parse(FileInfos, body, `files of ${revision}`));
  }

  /** Number of lines of a patch set's file, as comments count them, 0 of one it deletes; undefined when Gerrit does not say. */
  async countLines(project: string, change: number, revision: string, path: string): Promise<number | undefined> {
    const base = `/changes/${changeId(project, change)}/revisions/${segment(revision)}`;
    const body = await this.http.findJson(`${base}/files/${segment(path)}/diff?context=0`);
    if (body === undefined) return undefined;
    const { meta_b } = parse(DiffInfo, body, `diff of ${path}`);
    return meta_b === undefined ? 0 : meta_b.lines;
  }

  /** Comments on whole patch sets of a change: what people write in the reply box. Empty when the change is gone. */
  async patchSetComments(project: string, change: number): Promise<CommentInfo[]> {
    const body = await this.http.findJson(`/changes/${changeId(project, change)}/comments`);
    const files = parse(z.record(z.string(), CommentInfo.array()), body ?? {}, `comments of ${change}`);
    return files[PATCHSET_LEVEL] ?? [];
  }

  /**
   * All changes that match a search, newest update first, page by page. A change that is updated meanwhile can come
   * twice or move before what has been read; it then has an event of its own.
   */
  async *queryChanges(
    search: string,
    options: readonly ChangeOption[] = EVENT_OPTIONS,
  ): AsyncGenerator<ChangeInfo, void, undefined> {
    const parameters = new URLSearchParams({ q: search, n: String(CHANGES_A_PAGE) });
    for (const option of options) parameters.append('o', option);
    for (let start = 0; ; ) {
      parameters.set('S', String(start));
      const page = parse(ChangeInfo.array(), await this.http.getJson(`/changes/?${parameters}`), 'changes');
      yield* page;
      start += page.length;
      if (page.at(-1)?._more_changes !== true) return;
    }
  }

  /** The commit a ref points to; `ref` is full, such as `refs/meta/config`. */
  async findTip(project: string, ref: string): Promise<RefTip> {
    const body = await this.http.findJson(`/projects/${segment(project)}/branches/${segment(ref)}`);
    if (body !== undefined) {
      return { kind: 'found', revision: parse(BranchInfo, body, `branch ${ref}`).revision };
    }
    const access = await this.findAccess(project);
    if (access === undefined) return { kind: 'no-project' };
    // Gerrit tells of refs/meta/config whether we may read it; of a branch it does not, and most are public.
    return { kind: ref === CONFIG_REF && access.config_visible !== true ? 'not-readable' : 'no-ref' };
  }

  /** Every project with one of the refs, given in full, that we may read, and their tips. */
  listTips(refs: readonly string[]): AsyncGenerator<ProjectTips, void, undefined> {
    return listTips(this.http, refs);
  }

  /** Whether we may read the project's `refs/meta/config`; undefined when there is no such project for us. */
  async isConfigVisible(project: string): Promise<boolean | undefined> {
    const access = await this.findAccess(project);
    return access === undefined ? undefined : access.config_visible === true;
  }

  /** A file's text at a commit. */
  async findFile(project: string, commit: string, path: string): Promise<FileContent> {
    const base = `/projects/${segment(project)}/commits/${segment(commit)}`;
    // Asked for JSON, Gerrit sends the text in JSON; base64 is what it documents.
    const answer = await this.http.call('GET', `${base}/files/${segment(path)}/content`, {
      accepted: [404],
      accept: 'text/plain',
    });
    if (answer.status !== 404) {
      return { kind: 'found', content: Buffer.from(answer.text, 'base64').toString('utf8') };
    }
    const commitInfo = await this.http.findJson(base);
    return { kind: commitInfo === undefined ? 'not-readable' : 'no-file' };
  }

  /**
   * Posts a message and votes; never tried again here, since a lost answer may hide a success.
   *
   * @param deadlineMs - most time for it; by default the client's
   */
  async postReview(review: Review, deadlineMs?: number): Promise<ReviewOutcome> {
    const { labels = {} } = review;
    const path = `/changes/${changeId(review.project, review.change)}/revisions/${review.revision}/review`;
    const answer = await this.http.call('POST', path, {
      accepted: [400, 403, 404, 422],
      body: renderReviewInput(review),
      deadlineMs,
    });
    if (answer.status === 404) return { kind: 'change-gone' };
    if (answer.status === 403) return { kind: 'vote-restricted', message: excerpt(answer.text) };
    if (answer.status >= 400) return { kind: 'refused', message: excerpt(answer.text) };
    const result = parse(ReviewResult, parseAnswer(answer, `POST ${path}`), 'review result');
    const dropped = Object.entries(labels).flatMap(([label, value]) => (result.labels?.[label] === value ? [] : label));
    return dropped.length === 0 ? { kind: 'posted' } : { kind: 'votes-dropped', labels: dropped };
  }

  /** Closes idle connections and lets running calls end. */
  async close(): Promise<void> {
    await this.http.close();
  }

  private async findAccess(project: string): Promise<Pick<ProjectAccessInfo, 'config_visible'> | undefined> {
    const body = await this.http.findJson(`/projects/${segment(project)}/access`);
    return body === undefined ? undefined : parse(ConfigVisibility, body, `access of ${project}`);
  }
}

const ConfigVisibility = ProjectAccessInfo.pick({ config_visible: true });

/** A name as one segment of a path: slashes are encoded too. */
const segment = encodeURIComponent;

/** How REST names a change without looking it up in the index. */
const changeId = (project: string, change: number): string => `${segment(project)}~${change}`;

function parse<Schema extends z.ZodType>(schema: Schema, body: unknown, what: string): z.infer<Schema> {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new TerminalError(
    `Gerrit's ${what} has not the known shape at ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}; check the server's version`,
  );
}
