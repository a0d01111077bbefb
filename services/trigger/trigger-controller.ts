import type { Decision } from '../../core/decision';
import { changeOfKey } from '../../core/event-key';
import { projectOfEvent } from '../../core/gerrit-event';
import type { Pipeline } from '../../core/pipeline';
import type { Pool, RunPool } from '../../core/pool';
import { TerminalError } from '../shared/errors';
import { planDequeue, planFilter } from '../shared/filter/plan-filters';
import type { Logger } from '../shared/log';
import type { Admission } from './admission/admission';
import { planRun } from './admission/plan-run';
import type { Quotas, Room } from './admission/ports';
import { type Decided, decideAsking } from './ask-and-decide';
import type { Facts } from './decide';
import { DecisionRecorder } from './decision-recorder';
import { Dequeues } from './dequeues';
import { metrics } from './metrics';
import type { Changes, Definitions, FilterFacts, Ledger, Pair, Projects, Workflows } from './ports';
import { renderFiltered } from './render-filtered';

export interface TriggerControllerOptions {
  /** Name of the Gerrit server in keys and names. */
  readonly server: string;
  /** Base URL of git over HTTP as pods reach it. */
  readonly fetchUrl: string;
  readonly pipelines: readonly Pipeline[];
  /** Pools there are; none: runs go anywhere. */
  readonly pools: readonly Pool[];
  /** Pools of project classes that have one of their own. */
  readonly classPools: Readonly<Record<string, RunPool>>;
  readonly ledger: Ledger;
  readonly changes: Changes;
  readonly filterFacts: FilterFacts;
  readonly definitions: Definitions;
  readonly projects: Projects;
  readonly workflows: Workflows;
  readonly quotas: Pick<Quotas, 'room'>;
  readonly admission: Pick<Admission, 'ask' | 'leave' | 'done' | 'isBusy'>;
  readonly log: Logger;
}

/** Wait before something that an operator or the provisioner must do is looked at again. */
const QUEUED_RETRY_MS = 2_000;

type Spawn = Extract<Decided, { kind: 'spawn' }>;

/** What a decision is made of, and the room that its run would have. */
interface Gathered {
  readonly facts: Facts;
  /** Undefined without a place to run. */
  readonly room: Room | undefined;
}

/** What was recorded, or why nothing was yet. */
type Outcome = Decision | 'parked';

/**
 * Brings an (event, pipeline) to its one terminal decision. Every step may be repeated: reading is from the source,
 * the Workflow's name is the event's, and the ledger keeps the first terminal decision.
 */
export class TriggerController {
  private readonly recorder: DecisionRecorder;
  private readonly dequeues = new Dequeues();

  /** Pipelines with their filters, by name. */
  private readonly pipelines: ReadonlyMap<string, Pick<Facts, 'pipeline' | 'filter' | 'dequeue'>>;

  constructor(private readonly options: TriggerControllerOptions) {
    this.recorder = new DecisionRecorder(options);
    this.pipelines = new Map(
      options.pipelines.map((pipeline) => [
        pipeline.name,
        { pipeline, filter: planFilter(pipeline), dequeue: planDequeue(pipeline) },
      ]),
    );
  }

  /** Whether the pipeline is one of ours. */
  has(pipeline: string): boolean {
    return this.pipelines.has(pipeline);
  }

  /**
   * Resolves to a wait in milliseconds when the pair is to be looked at again, to `parked` when its run waits for its turn.
   * Rejects when a retry could help.
   */
  async handle(pair: Pair, receivedAt: number): Promise<number | 'parked' | undefined> {
    const unanswered = this.recorder.unanswered(pair);
    if (unanswered !== undefined) {
      await this.recorder.put(pair, unanswered);
      return this.finish(pair, unanswered, receivedAt);
    }
    const gathered = await this.gather(pair);
    if (gathered === undefined) {
      this.recorder.forget(pair);
      this.options.admission.leave(pair);
      this.options.log.warn({ key: pair.key, pipeline: pair.pipeline }, 'the ledger does not know the event any more');
      return undefined;
    }
    const decision = await decideAsking(gathered.facts, this.options.filterFacts);
    if (decision.kind !== 'spawn') {
      this.options.admission.leave(pair);
    }
    if (decision.kind === 'queued') {
      return this.wait(pair, decision.reason);
    }
    if (decision.kind === 'filtered' && decision.stop?.because === 'dequeued') {
      if (this.dequeues.note(pair, gathered.facts.eventAt) === 'new') {
        // What waits before it in line is decided anew first, and by the time it says.
        return 0;
      }
    }
    const recorded = await this.carryOut(pair, decision, gathered);
    if (recorded === 'parked') {
      return recorded;
    }
    if (recorded.kind === 'queued') {
      return this.wait(pair, recorded.reason);
    }
    return this.finish(pair, recorded, receivedAt);
  }

  private finish(pair: Pair, recorded: Decision, receivedAt: number): undefined {
    this.recorder.forget(pair);
    const reason = recorded.kind === 'filtered' ? recorded.reason : '';
    metrics.decisions.inc({ pipeline: pair.pipeline, kind: recorded.kind, reason });
    metrics.seconds.observe({ kind: recorded.kind }, (Date.now() - receivedAt) / 1000);
    this.options.log.info({ key: pair.key, pipeline: pair.pipeline, decision: recorded }, 'decided');
    return undefined;
  }

  private async gather(pair: Pair): Promise<Gathered | undefined> {
    const { ledger, pools, classPools, server, fetchUrl } = this.options;
    const planned = this.pipelines.get(pair.pipeline);
    if (planned === undefined) {
      throw new TerminalError(
        `pipeline ${pair.pipeline} is not configured; deploy trigger and gateway with one config`,
      );
    }
    // Message and key are hints that let Gerrit be asked at once; the ledger's event has the last word.
    const hint = { project: pair.project, change: changeOfKey(pair.key) };
    const hinted = this.gatherFrom(hint, pair.pipeline);
    hinted.catch(() => undefined);
    const stored = await ledger.findEvent(pair.key);
    if (stored === undefined) {
      return undefined;
    }
    const { event } = stored;
    const subject = { project: projectOfEvent(event), change: event.change?.number };
    if (subject.project === undefined) {
      throw new TerminalError(`event ${pair.key} belongs to no project; the gateway must not hand it on`);
    }
    const isAsHinted = subject.project === hint.project && subject.change === hint.change;
    const { room, ...now } = await (isAsHinted
      ? hinted
      : this.gatherFrom({ ...subject, project: subject.project }, pair.pipeline));
    const eventAt = Date.parse(stored.receivedAt);
    const source = { ...planned, server, fetchUrl, pools, classPools, dequeuedAt: this.dequeues.latest(pair) };
    return { facts: { ...source, known: {}, eventKey: pair.key, event, eventAt, ...now }, room };
  }

  /** What Gerrit and the cluster say now. */
  private async gatherFrom(
    { project, change }: { readonly project: string; readonly change: number | undefined },
    pipeline: string,
  ): Promise<Pick<Facts, 'project' | 'definition' | 'change'> & Pick<Gathered, 'room'>> {
    const place = await this.options.projects.find(project);
    if (place.kind !== 'ready') {
      // Without a place to run, what the definition says does not matter, and Gerrit is not asked.
      return { project: place, definition: { kind: 'absent' }, change: undefined, room: undefined };
    }
    const [definition, changeNow, room] = await Promise.all([
      this.options.definitions.find(project, pipeline),
      change === undefined ? undefined : this.options.changes.find(project, change),
      this.options.quotas.room(place.namespace, this.options.admission.isBusy(place.namespace)),
    ]);
    return { project: place, definition, change: changeNow, room };
  }

  private async wait(pair: Pair, reason: string): Promise<number> {
    await this.recorder.wait(pair, reason);
    return QUEUED_RETRY_MS;
  }

  /** The decision as it was recorded; `queued` is still to be said. */
  private async carryOut(
    pair: Pair,
    decision: Exclude<Decided, { kind: 'queued' }>,
    gathered: Gathered,
  ): Promise<Outcome> {
    switch (decision.kind) {
      case 'spawn':
        return this.letIn(pair, decision, gathered);
      case 'filtered':
        // Stopped first: once a decision is recorded nothing brings us back to finish.
        await this.stopOlder(decision, undefined);
        return this.recorder.record(pair, renderFiltered(decision), gathered.facts);
      case 'rejected': {
        await this.stopOlder(decision, undefined);
        const { file, definitionCommit, findings } = decision;
        return this.recorder.record(
          pair,
          { kind: 'rejected', file, definitionCommit, findings: [...findings] },
          gathered.facts,
        );
      }
      case 'dead-lettered':
        return this.recorder.deadLetter(pair, decision.reason, gathered.facts);
    }
  }

  /** Makes the run, when it is its turn; one that could never begin is rejected at once. */
  private async letIn(pair: Pair, decision: Spawn, { facts, room }: Gathered): Promise<Outcome> {
    const { admission } = this.options;
    if (room === undefined || facts.project.kind !== 'ready') {
      throw new Error(`a run of ${pair.key} has no place`);
    }
    const planned = planRun(decision.workflow, facts, facts.project, room, facts.eventAt);
    if (!planned.ok) {
      admission.leave(pair);
      await this.stopOlder(decision, undefined);
      return this.recorder.reject(pair, decision.definitionCommit, planned.error, facts);
    }
    const { run, work, workflow } = planned.value;
    const answer = admission.ask({ pair, run, work, look: room.look });
    switch (answer) {
      case 'same-work':
        return this.recorder.record(pair, { kind: 'filtered', reason: 'already-waiting' }, facts);
      case 'wait':
        // What it replaces has lost its point already, and makes room.
        await this.stopOlder(decision, { name: workflow.metadata.name, onlyBefore: undefined });
        return 'parked';
      case 'go': {
        const outcome = await this.spawn(pair, { ...decision, workflow }, facts);
        if (outcome.kind === 'spawned') {
          admission.done(pair);
        } else {
          admission.leave(pair);
        }
        return outcome;
      }
    }
  }

  private async spawn(pair: Pair, decision: Spawn, facts: Facts): Promise<Decision> {
    const { workflows, log } = this.options;
    const { workflow: manifest, definitionCommit } = decision;
    const outcome = await workflows.create(manifest);
    switch (outcome.kind) {
      case 'foreign':
        metrics.foreign.inc();
        log.error({ key: pair.key, reason: outcome.reason }, 'somebody else’s Workflow has the name of a run');
        return this.recorder.deadLetter(pair, outcome.reason, facts);
      case 'not-now':
        return { kind: 'queued', reason: outcome.reason };
      case 'refused':
        return this.recorder.reject(
          pair,
          definitionCommit,
          `the cluster refuses the Workflow: ${outcome.reason}`,
          facts,
        );
      default: {
        const { workflow } = outcome;
        const answer = await this.recorder.put(pair, { kind: 'spawned', workflow, definitionCommit });
        if (answer !== 'recorded' && outcome.kind === 'created') {
          // Another decision stands, so nobody will ever report this run.
          log.warn(
            { key: pair.key, workflow: workflow.name },
            'a run was created against the standing decision; stopped',
          );
          await workflows.terminate(workflow);
        } else {
          const onlyBefore = outcome.kind === 'repeated' ? outcome.createdAt : undefined;
          await this.stopOlder(decision, { name: workflow.name, onlyBefore });
        }
        return { kind: 'spawned', workflow, definitionCommit };
      }
    }
  }

  private async stopOlder({ stop }: Pick<Spawn, 'stop'>, by: Parameters<Workflows['stop']>[1]): Promise<void> {
    if (stop === undefined) {
      return;
    }
    const stopped = await this.options.workflows.stop(stop, by);
    if (stopped.length > 0) {
      metrics.stopped.inc({ pipeline: stop.pipeline }, stopped.length);
      this.options.log.info(
        { change: stop.change, pipeline: stop.pipeline, stopped, by: by?.name },
        'stopped older runs',
      );
    }
  }
}
