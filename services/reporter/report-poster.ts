import { type RunAddress, runPath } from '../../core/permalink';
import type { Pipeline } from '../../core/pipeline';
import type { Logger } from '../shared/log';
import { decideReport, type Target, type Verdict } from './decide';
import type { Sorted } from './decide-comments';
import { partsLostTotal } from './metrics';
import type { LostPart, Reviews, RunRecord } from './ports';
import { messageTag, renderMessage } from './render-message';

export interface ReportPosterOptions {
  readonly reviews: Reviews;
  readonly pipelines: readonly Pipeline[];
  /** Account we post as. */
  readonly account: string;
  /** Base URL of the status pages, no trailing slash. */
  readonly statusUrl: string;
  readonly log: Logger;
}

/** What there is to say of a run. */
export interface RunReport {
  readonly run: RunRecord;
  readonly address: RunAddress;
  readonly target: Target;
  readonly verdict: Verdict;
  /** The trigger stopped it for a newer one of the same change. */
  readonly superseded: boolean;
  readonly seconds?: number | undefined;
  /** Tail of the failed step's log. */
  readonly logTail?: string | undefined;
  readonly said?: Sorted | undefined;
}

/** Reports of runs on their way to Gerrit: each once, and none that is nobody's concern any more. */
export class ReportPoster {
  constructor(private readonly options: ReportPosterOptions) {}

  /** Posts a report, or says why not. The change is read back first, so that it is safe to repeat. */
  async post(report: RunReport): Promise<string> {
    const { account, log, pipelines, reviews, statusUrl } = this.options;
    const { address, run, said, target, verdict } = report;
    const { project, change: number, revision } = target;
    // Last of all that is read: a kubelet may take its time over a log, and what is current is so for a moment only.
    const change = await reviews.find(project, number);
    const tag = messageTag(address.pipeline);
    const decision = decideReport({
      target,
      account,
      tag,
      marker: runPath(address),
      verdict,
      pipeline: pipelines.find(({ name }) => name === address.pipeline),
      change,
      superseded: report.superseded,
      afterMerge: run.event.type === 'change-merged',
    });
    if (decision.kind === 'close') {
      return decision.reason;
    }
    const { vote, notify, attention } = decision;
    const outcome = await reviews.post({
      ...{ project, change: number, revision, tag, vote, notify, attention },
      comments: said?.comments ?? [],
      message: renderMessage({
        pipeline: address.pipeline,
        url: statusUrl + runPath(address),
        verdict,
        votes: vote !== undefined,
        seconds: report.seconds,
        logTail: report.logTail,
        leftOut: said?.leftOut,
      }),
    });
    if (outcome === 'posted' || outcome === 'change-gone') {
      return outcome === 'posted' ? outcome : 'change-not-found';
    }
    partsLostTotal.inc({ pipeline: address.pipeline, outcome });
    log.error({ ...address, ...target, ...vote, outcome }, LOST[outcome]);
    return 'posted';
  }
}

/** What operators are told of a report that stands without one of its parts. */
export const LOST: Readonly<Record<LostPart, string>> = {
  'label-refused':
    'vote refused: the account may not vote this value, or a strict server has no such label; grant the label range in project.config, or define the label',
  'label-dropped': 'vote dropped: the project has no such label or value; define the label or change the pipeline',
  'comments-refused': 'comments of steps refused: Gerrit takes fewer, or shorter ones, on this change',
  'attention-refused': 'owner not called: the account of the owner is not active, or may not see the change',
};
