import type { Pipeline } from '../../core/pipeline';
import type { WhyQuestion } from '../../core/why-question';
import type { Logger } from '../shared/log';
import { modelWhy, runsOf } from '../shared/why/model-why';
import { WorkQueue } from '../shared/work-queue';
import { wasSaid } from './decide';
import { questionsTotal } from './metrics';
import type { Ledger, Reviews, Runs } from './ports';
import { renderWhyComment, WHY_TAG, whyMarker } from './render-why-comment';

/** Runs of which it is asked how they are; older ones are named only. */
const MOST_PHASES = 20;

export interface WhyControllerOptions {
  readonly ledger: Pick<Ledger, 'history'>;
  readonly reviews: Reviews;
  readonly runs: Pick<Runs, 'phase'>;
  readonly pipelines: readonly Pipeline[];
  /** Account we post as. */
  readonly account: string;
  /** Base URL of the status pages, no trailing slash. */
  readonly statusUrl: string;
  readonly log: Logger;
}

/** Answers comments that ask why, each with one message on the patch set it was written on. It votes nothing. */
export class WhyController {
  constructor(private readonly options: WhyControllerOptions) {}

  /** Answers one question. Safe to repeat: what was answered already is read back from the change. */
  async handle(question: WhyQuestion): Promise<void> {
    const outcome = await this.answer(question);
    questionsTotal.inc({ outcome });
    const { project, change, patchSet } = question;
    this.options.log.info({ project, change, patchSet, outcome }, 'asked why');
  }

  private async answer({ project, change, patchSet, revision, messageId }: WhyQuestion): Promise<string> {
    const { account, ledger, pipelines, reviews, statusUrl } = this.options;
    const now = await reviews.find(project, change);
    if (now === undefined) {
      return 'change-not-found';
    }
    if (wasSaid(now, { account, tag: WHY_TAG, marker: whyMarker(messageId) })) {
      return 'already-there';
    }
    const history = await ledger.history(project, change, patchSet);
    if (history === undefined) {
      return 'not-known';
    }
    const phases = new Map<string, string | undefined>();
    for (const run of runsOf(history).slice(0, MOST_PHASES)) {
      phases.set(run.uid, await this.options.runs.phase(run));
    }
    const answer = modelWhy({ history, pipelines, patchSet, phaseOf: ({ uid }) => phases.get(uid) });
    const message = renderWhyComment(answer, { messageId, statusUrl, patchSet });
    return reviews.post({
      project,
      change,
      revision,
      tag: WHY_TAG,
      vote: undefined,
      notify: 'NONE',
      attention: [],
      message,
    });
  }
}

/** Answers questions one at a time: two answers on one change must not pass each other between reading and posting. */
export function answerQuestions(
  controller: Pick<WhyController, 'handle'>,
  log: Logger,
): { add: (question: WhyQuestion) => void; stop: () => Promise<void> } {
  const open = new Map<string, WhyQuestion>();
  const queue = new WorkQueue({
    log,
    concurrency: 1,
    work: async (key) => {
      const question = open.get(key);
      if (question !== undefined) {
        await controller.handle(question);
        open.delete(key);
      }
      return undefined;
    },
  });
  return {
    add: (question) => {
      open.set(question.key, question);
      queue.add(question.key);
    },
    stop: () => queue.stop(),
  };
}
