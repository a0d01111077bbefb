import type { Decision, DecisionRecord, Wait } from '../../core/decision';
import { rejectionPath, reviewPath } from '../../core/permalink';
import type { Pipeline } from '../../core/pipeline';
import { renderMissingGrants, voteGrant } from '../shared/decide-grants';
import type { Logger } from '../shared/log';
import { callOwner, wasSaid } from './decide';
import { decisionsTotal, partsLostTotal } from './metrics';
import type { ChangeState, Ledger, LostPart, Review, Reviews, Vote } from './ports';
import { messageTag } from './render-message';
import { renderRejection } from './render-rejection';
import { inlineComments, renderReview } from './render-review';
import { renderUnmet, unmetTag } from './render-unmet';
import { renderWaiting, waitTag } from './render-waiting';
import { LOST } from './report-poster';

export interface DecisionOptions {
  readonly ledger: Pick<Ledger, 'findEvent'>;
  readonly reviews: Reviews;
  readonly pipelines: readonly Pipeline[];
  readonly account: string;
  /** Base URL of the status pages, no trailing slash. */
  readonly statusUrl: string;
  /** Events given up before this are history, which a restart must not raise an alarm about again. Epoch ms. */
  readonly sinceMs: number;
  readonly log: Logger;
}

type Reviewed = Extract<Decision, { kind: 'reviewed' }>;

/** The patch set that a word is about. */
interface Target {
  readonly change: number;
  readonly patchSet: number;
}

/** What is to be said on a patch set, unless it was. */
type Word = Pick<Review, 'tag' | 'message' | 'vote' | 'comments' | 'notify' | 'attention'> & {
  readonly isSaid: boolean;
};

/** A word without vote or comments in files, for whoever looks. */
const MERE_WORD = { vote: undefined, comments: [], notify: 'NONE', attention: [] } as const;

/**
 * Tells people of decisions that started no run: a refused definition gets one comment on the change, a run that is held
 * back for long one on its patch set, a change that needs somebody's word first one that says so; none of them votes. Proposed
 * definitions get one review with a vote.
 */
export class DecisionController {
  constructor(private readonly options: DecisionOptions) {}

  /** Whether there is anything to do about a decision. */
  concerns({ at, decision }: DecisionRecord): boolean {
    switch (decision.kind) {
      case 'rejected':
      case 'reviewed':
        return true;
      case 'queued':
        return decision.wait !== undefined;
      case 'filtered':
        return decision.unmet !== undefined;
      case 'dead-lettered':
        return Date.parse(at) >= this.options.sinceMs;
      case 'spawned':
        return false;
    }
  }

  /** Acts on one decision. Safe to repeat: what was said already is read back from the change. */
  async handle(record: DecisionRecord): Promise<void> {
    const { decision, key, pipeline, seq } = record;
    const outcome = await this.act(record);
    decisionsTotal.inc({ kind: decision.kind, outcome });
    const reason = 'reason' in decision ? decision.reason : undefined;
    if (decision.kind === 'dead-lettered') {
      this.options.log.error({ key, pipeline, seq, reason }, 'event given up: nothing ran for it');
    } else {
      this.options.log.info({ key, pipeline, seq, kind: decision.kind, reason, outcome }, 'decision told');
    }
  }

  private async act({ decision, key, pipeline }: DecisionRecord): Promise<string> {
    switch (decision.kind) {
      case 'rejected':
        return this.comment(key, pipeline, decision);
      case 'reviewed':
        return this.review(key, pipeline, decision);
      case 'queued':
        return decision.wait === undefined ? 'nothing' : this.sayWhy(key, pipeline, decision.wait);
      case 'filtered':
        return decision.unmet === undefined ? 'nothing' : this.sayUnmet(key, pipeline, decision.unmet);
      case 'dead-lettered':
        return 'logged';
      case 'spawned':
        return 'nothing';
    }
  }

  /** Says once for a patch set and pipeline why its run waits; a later place in line brings no further comment. */
  private sayWhy(key: string, pipeline: string, wait: Wait): Promise<string> {
    const tag = waitTag(pipeline);
    return this.say(key, ({ patchSet }, now) => ({
      ...MERE_WORD,
      tag,
      message: renderWaiting(pipeline, wait),
      isSaid: this.hasOurs(now, tag, (text) => text.startsWith(`Patch Set ${patchSet}:`)),
    }));
  }

  /** Says once for a change and pipeline what has to happen before it runs: a further patch set brings no further comment. */
  private sayUnmet(key: string, pipeline: string, unmet: string): Promise<string> {
    const tag = unmetTag(pipeline);
    return this.say(key, (_, now) => ({
      ...MERE_WORD,
      notify: 'OWNER',
      tag,
      message: renderUnmet(pipeline, unmet),
      isSaid: this.hasOurs(now, tag, () => true),
    }));
  }

  /** Says once for an event what proposed definitions would come to, with a vote and a comment at each line that is wrong. */
  private async review(key: string, pipeline: string, review: Reviewed): Promise<string> {
    const { account, pipelines, statusUrl } = this.options;
    const label = pipelines.find(({ name }) => name === pipeline)?.label;
    const isValid = review.findings.length === 0;
    const vote = label && { label: label.name, value: isValid ? label.success : label.failure };
    const tag = messageTag(pipeline);
    const outcome = await this.say(key, ({ change, patchSet }, now) => {
      const marker = reviewPath(change, patchSet, key);
      return {
        ...callOwner(isValid ? undefined : 'CI refuses the proposed definition', now),
        tag,
        vote,
        comments: inlineComments(review.findings),
        message: renderReview({ pipeline, url: statusUrl + marker, votes: vote !== undefined, review }),
        isSaid: wasSaid(now, { account, tag, marker }),
      };
    });
    if (isLostPart(outcome)) {
      this.alarm(key, pipeline, vote, outcome);
    }
    return outcome;
  }

  /** The review stands without one of its parts; for a vote, says what Gerrit's administrators have to add. */
  private alarm(key: string, pipeline: string, vote: Vote | undefined, outcome: LostPart): void {
    const range = vote && { min: Math.min(0, vote.value), max: Math.max(0, vote.value) };
    const missing =
      vote && range && outcome.startsWith('label-')
        ? renderMissingGrants([voteGrant(this.options.account, vote.label, range, 'refs/meta/config')])
        : undefined;
    partsLostTotal.inc({ pipeline, outcome });
    this.options.log.error({ key, pipeline, ...vote, outcome, missing }, `review of definitions: ${LOST[outcome]}`);
  }

  private async say(key: string, word: (target: Target, now: ChangeState) => Word): Promise<string> {
    const { ledger, reviews } = this.options;
    const { change, patchSet } = (await ledger.findEvent(key))?.event ?? {};
    if (change === undefined || patchSet === undefined) {
      return 'no-change';
    }
    const now = await reviews.find(change.project, change.number);
    if (now === undefined) {
      return 'change-not-found';
    }
    if (now.status === 'ABANDONED' || (now.status === 'NEW' && now.currentRevision !== patchSet.revision)) {
      return 'superseded';
    }
    const { isSaid, vote, ...said } = word({ change: change.number, patchSet: patchSet.number }, now);
    if (isSaid) {
      return 'already-there';
    }
    return reviews.post({
      project: change.project,
      change: change.number,
      revision: patchSet.revision,
      // A merged change is past voting.
      vote: now.status === 'NEW' ? vote : undefined,
      ...said,
    });
  }

  private hasOurs({ messages }: ChangeState, tag: string, is: (text: string) => boolean): boolean {
    return messages.some(
      (message) => message.author === this.options.account && message.tag === tag && is(message.text),
    );
  }

  private async comment(
    key: string,
    pipeline: string,
    rejection: Extract<Decision, { kind: 'rejected' }>,
  ): Promise<string> {
    const { account, ledger, reviews, statusUrl } = this.options;
    const change = (await ledger.findEvent(key))?.event.change;
    if (change === undefined) {
      return 'no-change';
    }
    const now = await reviews.find(change.project, change.number);
    if (now === undefined) {
      return 'change-not-found';
    }
    const tag = messageTag(pipeline);
    // Names the definition's commit and not the patch set: a further patch set brings no further comment.
    const marker = rejectionPath(pipeline, rejection.definitionCommit);
    if (wasSaid(now, { account, tag, marker })) {
      return 'already-there';
    }
    return reviews.post({
      ...MERE_WORD,
      project: change.project,
      change: change.number,
      revision: now.currentRevision,
      tag,
      // It is about the definition: whose change met it has nothing to do, and learns why there is no vote.
      notify: 'OWNER',
      message: renderRejection(pipeline, statusUrl + marker, rejection),
    });
  }
}

function isLostPart(outcome: string): outcome is LostPart {
  return outcome in LOST;
}
