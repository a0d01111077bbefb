import { type ArgoWorkflow, podName } from '../../core/argo-workflow';
import type { WorkflowReference } from '../../core/decision';
import { Annotation } from '../../core/labels';
import type { RunAddress } from '../../core/permalink';
import { messageOf, TerminalError } from '../shared/errors';
import type { Logger } from '../shared/log';
import { decideVerdict, decideWhetherToLook, type Target, targetOf, type Verdict, wasOvertaken } from './decide';
import type { Sorted } from './decide-comments';
import { doneToVoteSeconds, reportsTotal } from './metrics';
import type { Ledger, PatchSetFiles, RunRecord, Runs } from './ports';
import type { ReportPoster } from './report-poster';
import { readRunComments } from './run-comments';

/** A record that is late is asked for again after this. Milliseconds. */
const RECORD_WAIT_MS = 1_000;

export interface ReporterOptions {
  readonly ledger: Pick<Ledger, 'findRun' | 'history'>;
  readonly runs: Runs;
  readonly files: PatchSetFiles;
  readonly poster: Pick<ReportPoster, 'post'>;
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
    // Without a record the first look leaves the Workflow alone.
    if (run === undefined) {
      return undefined;
    }
    const address = { pipeline: run.record.pipeline, namespace, workflow: name };
    const outcome = look.kind === 'close' ? look.reason : await this.report(workflow, run, address, look.target);
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

  /**
   * Reports a run whose Workflow is gone before it was reported, from the decision that started it; nothing when it is there
   * after all or was never ours. Rejects when a retry could help.
   *
   * @param phase - Argo's word for how it was when last seen
   */
  async reportRemoved(workflow: WorkflowReference, phase: string | undefined): Promise<void> {
    const { ledger, log, runs } = this.options;
    const run = await this.findRecord(workflow.uid);
    const target = run && targetOf(run);
    if (run === undefined || target === undefined || (await runs.phase(workflow)) !== undefined) {
      return;
    }
    const { pipeline, at } = run.record;
    const address = { pipeline, namespace: workflow.namespace, workflow: workflow.name };
    const history = await ledger.history(target.project, target.change, target.patchSet);
    const outcome = await this.options.poster.post({
      run,
      address,
      target,
      verdict: { kind: 'removed', removal: { workflow, startedAt: at, phase } },
      superseded: history !== undefined && wasOvertaken(history, run.record),
    });
    this.records.delete(workflow.uid);
    reportsTotal.inc({ pipeline, outcome: outcome === 'posted' ? 'posted-removed' : outcome });
    log.warn({ ...address, outcome, phase }, 'Workflow is gone that had not been closed');
  }

  /** Drops what was read ahead for a Workflow that is gone. */
  forget(uid: string): void {
    this.records.delete(uid);
  }

  private async report(workflow: ArgoWorkflow, run: RunRecord, address: RunAddress, target: Target): Promise<string> {
    const verdict = await this.verdictOf(workflow);
    return this.options.poster.post({
      ...{ run, address, target, verdict },
      superseded: workflow.metadata.annotations[Annotation.supersededBy] !== undefined,
      seconds: secondsOf(workflow),
      logTail: await this.tailOf(workflow, verdict),
      said: await this.commentsOf(workflow, verdict, target),
    });
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

  /** Comments of a run that came to a judgement; of others the steps that ended say nothing that counts. */
  private async commentsOf(workflow: ArgoWorkflow, { kind }: Verdict, target: Target): Promise<Sorted | undefined> {
    if (kind !== 'succeeded' && kind !== 'failed') {
      return undefined;
    }
    try {
      return await readRunComments(workflow, target, this.options.files);
    } catch (error) {
      // No answer of Gerrit's about its files keeps the report away; one that does not come does, for a while.
      if (error instanceof TerminalError) {
        this.options.log.error({ ...target, reason: messageOf(error) }, 'comments of steps could not be placed');
        return undefined;
      }
      throw error;
    }
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

function secondsOf({ status }: ArgoWorkflow): number | undefined {
  const ms = Date.parse(status.finishedAt ?? '') - Date.parse(status.startedAt ?? '');
  return Number.isNaN(ms) ? undefined : ms / 1000;
}
