import { workflowPipelines } from '../../core/pipeline';
import type { ReporterConfig } from '../../core/service-config';
import { renderMissingGrants, votesOfPipelines } from '../shared/decide-grants';
import { messageOf } from '../shared/errors';
import type { Fence } from '../shared/fence';
import type { GerritClient } from '../shared/gerrit-client';
import { checkGrants, type GrantSource } from '../shared/gerrit-grants';
import type { Readiness } from '../shared/health-server';
import type { KubeClient } from '../shared/kube-client';
import type { Logger } from '../shared/log';
import { commentOnDecisions } from './comment-on-decisions';
import { DecisionController } from './decision-controller';
import { followFeed } from './follow-feed';
import { followRuns } from './follow-runs';
import { GerritFiles } from './gerrit-files';
import { GerritReviews } from './gerrit-reviews';
import { KubeRuns } from './kube-runs';
import type { Ledger } from './ports';
import { ReportPoster } from './report-poster';
import { ReporterController } from './reporter-controller';
import { answerQuestions, WhyController } from './why-controller';

export interface ReporterParts {
  readonly config: ReporterConfig;
  readonly kube: Pick<KubeClient, 'get' | 'list' | 'patch' | 'text' | 'watch'>;
  readonly gerrit: Pick<GerritClient, 'findChange' | 'postReview' | 'findCommentPaths' | 'countLines'> & GrantSource;
  readonly ledger: Ledger;
  readonly log: Logger;
  readonly readiness: Readiness;
  /** Aborted to stop following. */
  readonly signal: AbortSignal;
  /** Whether this reporter still leads. @default - it is alone */
  readonly fence?: Fence;
}

/**
 * Starts the reporter: follows Workflows, the ledger's decisions and comments that ask why, and tells Gerrit. Resolves to
 * what waits for the work under way after `signal` fired.
 *
 * One at a time: two at once could both read a change before either has posted. `main.ts` lets it run as leader only.
 */
export function startReporter(parts: ReporterParts): () => Promise<void> {
  const { config, kube, ledger, log, readiness, signal } = parts;
  const shared = {
    ledger,
    reviews: new GerritReviews(parts.gerrit, parts.fence),
    account: config.gerrit.account,
    statusUrl: config.statusUrl.replace(/\/$/, ''),
    log,
  };
  const kubeRuns = new KubeRuns(kube, config.ttlSeconds);
  void sayMissingGrants(parts);

  readiness.waitFor('workflows', 'the first list is not complete');
  const runs = followRuns({
    kube,
    controller: new ReporterController({
      ledger,
      log,
      runs: kubeRuns,
      files: new GerritFiles(parts.gerrit),
      poster: new ReportPoster({ ...shared, pipelines: config.pipelines }),
    }),
    keptMs: config.ttlSeconds * 1000,
    log,
    signal,
    onSynced: () => readiness.has('workflows'),
  });

  readiness.waitFor('ledger', 'the gateway has not answered yet');
  const comments = commentOnDecisions(
    new DecisionController({ ...shared, pipelines: config.pipelines, sinceMs: Date.now() }),
    log,
  );
  const following = followFeed({
    what: 'decisions',
    read: (after, waitSeconds, until) => ledger.decisions(after, waitSeconds, until),
    signal,
    log,
    onConnected: () => readiness.has('ledger'),
    onRecord: (record) => {
      runs.decided(record);
      comments.add(record);
    },
  });
  const answers = answerQuestions(new WhyController({ ...shared, runs: kubeRuns, pipelines: config.pipelines }), log);
  const listening = followFeed({
    what: 'questions',
    read: (after, waitSeconds, until) => ledger.whyQuestions(after, waitSeconds, until),
    signal,
    log,
    onRecord: answers.add,
  });
  return async () => {
    await Promise.all([runs.queue.stop(), comments.stop(), answers.stop(), runs.done, following, listening]);
    // Who stands by waits for nothing.
    readiness.has('workflows');
    readiness.has('ledger');
  };
}

/** Says what Gerrit's administrators have still to grant, with the lines to paste. */
async function sayMissingGrants({ config, gerrit, log }: ReporterParts): Promise<void> {
  const needs = {
    streamEvents: false,
    readConfig: false,
    votes: votesOfPipelines(workflowPipelines(config.pipelines)),
  };
  try {
    const missing = await checkGrants(gerrit, config.gerrit, needs);
    if (missing.length > 0) {
      log.error({ missing: renderMissingGrants(missing) }, 'grants are missing in Gerrit');
    }
  } catch (error) {
    log.warn({ reason: messageOf(error) }, 'grants in Gerrit could not be checked');
  }
}
