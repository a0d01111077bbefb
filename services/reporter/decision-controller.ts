import type { DecisionRecord, Wait } from '../../core/decision';
import { rejectionPath } from '../../core/permalink';
import type { Logger } from '../shared/log';
import { wasSaid } from './decide';
import { decisionsTotal } from './metrics';
import type { Ledger, Reviews } from './ports';
import { messageTag } from './render-message';
import { renderRejection } from './render-rejection';
import { renderWaiting, waitTag } from './render-waiting';

export interface DecisionOptions {
  readonly ledger: Pick<Ledger, 'findEvent'>;
  readonly reviews: Reviews;
  readonly account: string;
  /** Base URL of the status pages, no trailing slash. */
  readonly statusUrl: string;
  /** Events given up before this are history, which a restart must not raise an alarm about again. Epoch ms. */
  readonly sinceMs: number;
  readonly log: Logger;
}

/**
 * Tells people of decisions that started no run: a refused definition gets one comment on the change, a run that is held
 * back for long one on its patch set. Neither votes.
 */
export class DecisionController {
  constructor(private readonly options: DecisionOptions) {}

  /** Whether there is anything to do about a decision. */
  concerns({ at, decision }: DecisionRecord): boolean {
    return (
      decision.kind === 'rejected' ||
      (decision.kind === 'queued' && decision.wait !== undefined) ||
      (decision.kind === 'dead-lettered' && Date.parse(at) >= this.options.sinceMs)
    );
  }

  /** Acts on one decision. Safe to repeat: what was said already is read back from the change. */
  async handle(record: DecisionRecord): Promise<void> {
    const { decision, key, pipeline, seq } = record;
    if (decision.kind === 'dead-lettered') {
      decisionsTotal.inc({ kind: decision.kind, outcome: 'logged' });
      this.options.log.error({ key, pipeline, seq, reason: decision.reason }, 'event given up: nothing ran for it');
    }
    if (decision.kind === 'queued' && decision.wait !== undefined) {
      const outcome = await this.sayWhy(key, pipeline, decision.wait);
      decisionsTotal.inc({ kind: decision.kind, outcome });
      this.options.log.info({ key, pipeline, seq, reason: decision.reason, outcome }, 'run held back');
    }
    if (decision.kind === 'rejected') {
      const outcome = await this.comment(key, pipeline, decision);
      decisionsTotal.inc({ kind: decision.kind, outcome });
      this.options.log.info({ key, pipeline, seq, commit: decision.definitionCommit, outcome }, 'definition refused');
    }
  }

  /** Says once for a patch set and pipeline why its run waits; a later place in line brings no further comment. */
  private async sayWhy(key: string, pipeline: string, wait: Wait): Promise<string> {
    const { account, ledger, reviews } = this.options;
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
    const tag = waitTag(pipeline);
    const said = now.messages.some(
      (message) =>
        message.author === account && message.tag === tag && message.text.startsWith(`Patch Set ${patchSet.number}:`),
    );
    if (said) {
      return 'already-there';
    }
    return reviews.post({
      project: change.project,
      change: change.number,
      revision: patchSet.revision,
      tag,
      vote: undefined,
      notify: 'NONE',
      attention: [],
      message: renderWaiting(pipeline, wait),
    });
  }

  private async comment(
    key: string,
    pipeline: string,
    rejection: Extract<DecisionRecord['decision'], { kind: 'rejected' }>,
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
      project: change.project,
      change: change.number,
      revision: now.currentRevision,
      tag,
      vote: undefined,
      // It is about the definition: whose change met it has nothing to do, and learns why there is no vote.
      notify: 'OWNER',
      attention: [],
      message: renderRejection(pipeline, statusUrl + marker, rejection),
    });
  }
}
