import { z } from 'zod';
import { votesOfComment } from '../../core/comment-text';
import type { ReviewVote } from '../../review/approval';
import { gerritMessage, type PostedMessage, REVIEW_TAG } from '../../review/comment';
import { GerritHttp } from '../../services/shared/gerrit-http';
import { ChangeMessageInfo, RevisionInfo } from '../../services/shared/gerrit-schema';

const Vote = z.object({ _account_id: z.number(), value: z.number().default(0) });
const Change = z.object({
  _number: z.number(),
  current_revision: z.string(),
  revisions: z.record(z.string(), RevisionInfo),
  labels: z.record(z.string(), z.object({ all: z.array(Vote).default([]) })).default({}),
  messages: z.array(ChangeMessageInfo).default([]),
});
const Group = z.object({ id: z.string() });
const Members = z.array(z.object({ _account_id: z.number() }));

/** What a review asks of a change. */
export interface ReviewedChange {
  readonly currentRevision: string;
  /** Votes that stand on a label. */
  readonly standing: (label: string) => readonly ReviewVote[];
  /**
   * Votes on a label that were cast on the newest patch set, out of the line that Gerrit puts before a message: its list of
   * votes does not tell a copied one, not even by its date.
   */
  readonly cast: (label: string) => readonly ReviewVote[];
  /** Oldest first. */
  readonly messages: readonly PostedMessage[];
}

/** A change on Gerrit, by REST, for the two steps around a review that hold credentials. */
export class GerritChange {
  private readonly http: GerritHttp;

  /** @param change its number, or `project~number` */
  constructor(
    server: { readonly url: string; readonly account: string; readonly password: string },
    private readonly change: string,
  ) {
    this.http = new GerritHttp({ baseUrl: server.url, account: server.account, password: () => server.password });
  }

  async read(): Promise<ReviewedChange> {
    const options = 'o=CURRENT_REVISION&o=DETAILED_LABELS&o=DETAILED_ACCOUNTS&o=MESSAGES';
    const found = await this.http.findJson(`/changes/${encodeURIComponent(this.change)}/?${options}`);
    if (found === undefined) throw new Error(`change ${this.change} does not exist, or this account may not see it`);
    const { current_revision: currentRevision, revisions, labels, messages } = Change.parse(found);
    return {
      currentRevision,
      standing: (label) => (labels[label]?.all ?? []).map(({ _account_id: account, value }) => ({ account, value })),
      cast: (label) =>
        messages
          .filter(({ _revision_number: patchSet }) => patchSet === revisions[currentRevision]?._number)
          .flatMap(({ author, message }) =>
            votesOfComment(message)
              .filter((vote) => vote.label === label)
              .flatMap(({ value }) =>
                author?._account_id === undefined ? [] : [{ account: author._account_id, value }],
              ),
          ),
      messages: messages.map(({ author, tag, message }) => ({ author: author?.username, tag, text: message })),
    };
  }

  /** Accounts of a group and of the groups in it. Rejects when it is not there, or hidden from us. */
  async membersOf(group: string): Promise<readonly number[]> {
    const path = `/groups/${encodeURIComponent(group)}`;
    const found = await this.http.findJson(path);
    if (found === undefined) throw new Error(`group '${group}' does not exist, or this account may not see it`);
    const { id } = Group.parse(found);
    const members = Members.parse(await this.http.getJson(`/groups/${id}/members/?recursive`));
    return members.map(({ _account_id: account }) => account);
  }

  /** Writes the review on a patch set. Nobody is mailed: who wants to know reads it on the change. */
  async post(commit: string, markdown: string): Promise<void> {
    await this.http.call('POST', `/changes/${encodeURIComponent(this.change)}/revisions/${commit}/review`, {
      body: { message: gerritMessage(markdown), tag: REVIEW_TAG, notify: 'NONE', omit_duplicate_comments: true },
    });
  }

  async close(): Promise<void> {
    await this.http.close();
  }
}
