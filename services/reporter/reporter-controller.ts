import { type ArgoWorkflow, podName } from '../../core/argo-workflow';
import { Annotation } from '../../core/labels';
import { type RunAddress, runPath } from '../../core/permalink';
import type { Pipeline } from '../../core/pipeline';
import type { Logger } from '../shared/log';
import { decideReport, decideVerdict, decideWhetherToLook, type Target, type Verdict } from './decide';
import { doneToVoteSeconds, reportsTotal, votesLostTotal } from './metrics';
import type { Ledger, Reviews, RunRecord, Runs } from './ports';
import { messageTag, renderMessage } from './render-message';

/** A record that is late is asked for again after this. Milliseconds. */
const RECORD_WAIT_MS = 1_000;

export interface ReporterOptions {
  readonly ledger: Pick<Ledger, 'findRun'>;
  readonly runs: Runs;
  readonly reviews: Reviews;
  readonly pipelines: readonly Pipeline[];
  /** Account we post as. */
  readonly account: string;
  /** Base URL of the status pages, no trailing slash. */
  readonly statusUrl: string;
  readonly log: Logger;
}

/**
 * Reports finished runs to Gerrit, each once. Level-triggered: it acts on what the cluster, the ledger and Gerrit say
 * now, so a missed, repeated or reordered watch event, or a crash between posting and noting it, changes nothing.
 */
export class ReporterController {
  private readonly records = new Map<string, RunRecord>();

  constructor(private readonly options: ReporterOptions) {}

  /** Reads ahead what a run's report will need, while it still runs; failing is no matter. */
  async prepare(workflow: ArgoWorkflow): Promise<void> {
    await this.findRecord(workflow.metadata.uid);
  }

  /** Brings Gerrit up to date with one Workflow. Rejects when a retry could help; a number asks for another look after that many milliseconds. */
  async reconcile(workflow: ArgoWorkflow): Promise<number | undefined> {
    const startedMs = Date.now();
    const { namespace, name, uid } = workflow.metadata;
    const run = await this.findRecord(uid);
    const look = decideWhetherToLook(workflow, run, startedMs);
    if (look.kind === 'leave') {
      return look.wait ? RECORD_WAIT_MS : undefined;
    }
    // A record exists here: without one the first look leaves the Workflow alone.
    const address = { pipeline: run?.record.pipeline ?? '', namespace, workflow: name };
    const outcome = look.kind === 'close' ? look.reason : await this.report(workflow, address, look.target);
    await this.options.runs.close(address, uid, outcome === 'posted' ? workflow.status.phase : outcome);
    this.records.delete(uid);
    reportsTotal.inc({ pipeline: address.pipeline, outcome });
    if (outcome === 'posted') {
      doneToVoteSeconds.observe((Date.now() - startedMs) / 1000);
    }
    this.options.log.info(
      { ...address, outcome, phase: workflow.status.phase, ms: Date.now() - startedMs },
      'run closed',
    );
    return undefined;
  }

  /** Drops what was read ahead for a Workflow that is gone. */
  forget(uid: string): void {
    this.records.delete(uid);
  }

  private async report(workflow: ArgoWorkflow, address: RunAddress, target: Target): Promise<string> {
    const { account, log, reviews, statusUrl } = this.options;
    const verdict = await this.verdictOf(workflow);
    const logTail = await this.tailOf(workflow, verdict);
    // Last of all that is read: a kubelet may take its time over a log, and what is current is so for a moment only.
    const change = await reviews.find(target.project, target.change);
    const tag = messageTag(address.pipeline);
    const decision = decideReport({
      target,
      account,
      tag,
      marker: runPath(address),
      verdict,
      pipeline: this.options.pipelines.find(({ name }) => name === address.pipeline),
      change,
      superseded: workflow.metadata.annotations[Annotation.supersededBy] !== undefined,
    });
    if (decision.kind === 'close') {
      return decision.reason;
    }
    const { vote } = decision;
    const outcome = await reviews.post({
      project: target.project,
      change: target.change,
      revision: target.revision,
      tag,
      vote,
      message: renderMessage({
        pipeline: address.pipeline,
        url: statusUrl + runPath(address),
        verdict,
        votes: vote !== undefined,
        seconds: secondsOf(workflow),
        logTail,
      }),
    });
    if (outcome === 'label-refused' || outcome === 'label-dropped') {
      votesLostTotal.inc({ pipeline: address.pipeline, outcome });
      log.error({ ...address, ...target, ...vote, outcome }, explainLostVote(outcome));
      return 'posted';
    }
    return outcome === 'change-gone' ? 'change-not-found' : outcome;
  }

  /** The verdict, once every step it would be blamed on is known to have ended by itself. */
  private async verdictOf(workflow: ArgoWorkflow): Promise<Verdict> {
    const { namespace, name } = workflow.metadata;
    const disturbed = new Set<string>();
    for (;;) {
      const verdict = decideVerdict(workflow, disturbed);
      if (verdict.kind !== 'failed') {
        return verdict;
      }
      if (!(await this.options.runs.wasDisturbed(namespace, podName(name, verdict.step)))) {
        return verdict;
      }
      disturbed.add(verdict.step.id);
    }
  }

  private async tailOf(workflow: ArgoWorkflow, verdict: Verdict): Promise<string | undefined> {
    if (verdict.kind !== 'failed') {
      return undefined;
    }
    const { namespace, name } = workflow.metadata;
    return this.options.runs.tail(namespace, podName(name, verdict.step)).catch((error: unknown) => {
      this.options.log.warn({ namespace, name, reason: String(error) }, 'log of the failed step could not be read');
      return undefined;
    });
  }

  private async findRecord(uid: string): Promise<RunRecord | undefined> {
    const known = this.records.get(uid);
    if (known !== undefined) {
      return known;
    }
    const run = await this.options.ledger.findRun(uid);
    // A spawned decision is terminal, so what was read once stays true.
    if (run?.record.decision.kind !== 'spawned' || run.record.decision.workflow.uid !== uid) {
      return undefined;
    }
    this.records.set(uid, run);
    return run;
  }
}

function explainLostVote(outcome: 'label-refused' | 'label-dropped'): string {
  return outcome === 'label-refused'
    ? 'vote refused: the account may not vote this value; grant it the label range in project.config'
    : 'vote dropped: the project has no such label or value; define the label or change the pipeline';
}

function secondsOf({ status }: ArgoWorkflow): number | undefined {
  const ms = Date.parse(status.finishedAt ?? '') - Date.parse(status.startedAt ?? '');
  return Number.isNaN(ms) ? undefined : ms / 1000;
}
