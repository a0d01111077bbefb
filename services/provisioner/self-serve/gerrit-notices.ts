import { z } from 'zod';
import { CONFIG_REF } from '../../../core/config-change';
import type { GerritClient } from '../../shared/gerrit-client';
import { type GerritHttp, parseAnswer } from '../../shared/gerrit-http';
import { AccountInfo, type ChangeInfo } from '../../shared/gerrit-schema';
import type { Refusal } from './decide';
import type { Hint } from './ports';
import { headline, renderRefusal, TAG } from './render-refusal';

const FOLDER = 'seakeeper/';
/** So far back it is looked for who changed the definitions; a longer push of unrelated commits is rare. */
const MOST_ANCESTORS = 20;
const SUBJECT = 'Seakeeper: this project gets no namespace';

const Commit = z.object({
  parents: z.array(z.object({ commit: z.string() })),
  committer: z.object({ email: z.string().optional(), name: z.string().optional() }).default({}),
});
type Commit = z.infer<typeof Commit>;
const Files = z.record(z.string(), z.unknown());
const Created = z.object({ _number: z.int() });

export interface GerritNoticesOptions {
  readonly http: Pick<GerritHttp, 'call' | 'getJson' | 'findJson'>;
  readonly gerrit: Pick<GerritClient, 'queryChanges' | 'postReview'>;
}

/** The commit that changed the definitions last, and the change by which it came, if it came by one. */
interface Bringing {
  readonly commit: string;
  readonly committer: Commit['committer'];
  readonly change: ChangeInfo | undefined;
}

/** Says to people in Gerrit what became of their definition. Gerrit is the memory of what was said. */
export class GerritNotices {
  constructor(private readonly options: GerritNoticesOptions) {}

  /** User name, or else the address, of who brought the definitions that stand at `tip`. */
  async bringer(project: string, tip: string, hint: Hint | undefined): Promise<string> {
    return this.whoBrought(await this.bringing(project, tip), tip, hint);
  }

  async tell(project: string, refusal: Refusal, who: string): Promise<'told' | 'told-before' | 'not-allowed'> {
    const { commit, change } = await this.bringing(project, refusal.commit);
    const said = { ...refusal, commit };
    if (change !== undefined) {
      return this.say(project, change, said);
    }
    const [notice] = await this.noticesOf(project, topicOf(commit));
    if (notice !== undefined) {
      return this.say(project, notice, said, who);
    }
    const number = await this.openNotice(project, commit);
    return number === undefined ? 'not-allowed' : this.post(project, number, said, who);
  }

  /** Closes changes of ours that said what is no longer so. */
  async withdraw(project: string): Promise<void> {
    for (const { _number } of await this.noticesOf(project, undefined, 'status:open')) {
      await this.options.http.call('POST', `/changes/${segment(project)}~${_number}/abandon`, {
        body: { message: 'The project has its namespace now.', notify: 'NONE' },
        accepted: [403, 404, 409],
      });
    }
  }

  private async bringing(project: string, tip: string): Promise<Bringing> {
    let commit = tip;
    let info = await this.commit(project, commit);
    for (let step = 0; step < MOST_ANCESTORS && info.parents[0] !== undefined; step++) {
      const path = `/projects/${segment(project)}/commits/${commit}/files/`;
      const files = Files.parse(await this.options.http.getJson(path));
      if (Object.keys(files).some((file) => file.startsWith(FOLDER))) {
        break;
      }
      commit = info.parents[0].commit;
      info = await this.commit(project, commit);
    }
    const changes = this.options.gerrit.queryChanges(`commit:${commit}`, [
      'ALL_REVISIONS',
      'CURRENT_REVISION',
      'MESSAGES',
      'DETAILED_ACCOUNTS',
    ]);
    for await (const change of changes) {
      if (change.project === project && change.branch === CONFIG_REF && change.revisions?.[commit] !== undefined) {
        return { commit, committer: info.committer, change };
      }
    }
    return { commit, committer: info.committer, change: undefined };
  }

  private async commit(project: string, commit: string): Promise<Commit> {
    return Commit.parse(await this.options.http.getJson(`/projects/${segment(project)}/commits/${commit}`));
  }

  private async whoBrought(brought: Bringing, tip: string, hint: Hint | undefined): Promise<string> {
    const uploader = brought.change?.revisions?.[brought.commit]?.uploader;
    if (uploader !== undefined) {
      return nameOf(uploader);
    }
    if (hint?.commit === tip && hint.submitter !== undefined) {
      return hint.submitter;
    }
    // A push that no event told us of: Gerrit checks committers unless somebody may forge them.
    const { email = '' } = brought.committer;
    const account = email === '' ? undefined : await this.options.http.findJson(`/accounts/${segment(email)}`);
    return account === undefined ? email || 'nobody known' : nameOf(AccountInfo.parse(account));
  }

  private async noticesOf(project: string, topic: string | undefined, also = ''): Promise<ChangeInfo[]> {
    const about = topic === undefined ? '' : ` topic:"${topic}"`;
    const found: ChangeInfo[] = [];
    // Not by project: a name may hold what a search takes for its own.
    for await (const change of this.options.gerrit.queryChanges(`owner:self branch:${CONFIG_REF}${about} ${also}`, [
      'CURRENT_REVISION',
      'MESSAGES',
    ])) {
      if (change.project === project) {
        found.push(change);
      }
    }
    return found;
  }

  private async say(
    project: string,
    change: ChangeInfo,
    refusal: Refusal,
    who?: string,
  ): Promise<'told' | 'told-before' | 'not-allowed'> {
    const isSaid = (change.messages ?? []).some(
      ({ tag, message }) => tag === TAG && message.includes(headline(refusal)),
    );
    return isSaid ? 'told-before' : this.post(project, change._number, refusal, who);
  }

  /** A change of our own, for a push that came by none: empty, work in progress, never to be submitted. */
  private async openNotice(project: string, commit: string): Promise<number | undefined> {
    const answer = await this.options.http.call('POST', '/changes/', {
      body: {
        project,
        branch: CONFIG_REF,
        subject: SUBJECT,
        topic: topicOf(commit),
        work_in_progress: true,
        notify: 'NONE',
      },
      accepted: [400, 403, 404, 405, 409],
    });
    return answer.status >= 400 ? undefined : Created.parse(parseAnswer(answer, 'POST /changes/'))._number;
  }

  /** A message, and on a change of our own whoever pushed is called to it. */
  private async post(project: string, change: number, refusal: Refusal, who?: string): Promise<'told' | 'not-allowed'> {
    const path = `/changes/${segment(project)}~${change}/revisions/current/review`;
    const message = { message: renderRefusal(refusal), tag: TAG, notify: 'ALL' };
    const call =
      who === undefined
        ? {}
        : {
            reviewers: [{ reviewer: who, state: 'CC' }],
            add_to_attention_set: [{ user: who, reason: 'pushed the definition' }],
          };
    const accepted = [400, 403, 404, 409];
    const first = await this.options.http.call('POST', path, { body: { ...message, ...call }, accepted });
    // Somebody who cannot be called (no account, or one who may not see it) does not keep the message away.
    const last =
      first.status >= 400 && who !== undefined
        ? await this.options.http.call('POST', path, { body: message, accepted })
        : first;
    return last.status >= 400 ? 'not-allowed' : 'told';
  }
}

const segment = encodeURIComponent;
const topicOf = (commit: string): string => `seakeeper-refused-${commit.slice(0, 12)}`;
const nameOf = ({ username, email, _account_id }: AccountInfo): string => username ?? email ?? `account ${_account_id}`;
