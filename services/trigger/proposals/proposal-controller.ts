import type { Decision } from '../../../core/decision';
import type { DryRun } from '../../../core/dry-run';
import type { GerritEvent } from '../../../core/gerrit-event';
import { definitionPath, type Pipeline, workflowPipelines } from '../../../core/pipeline';
import type { Pool, RunPool } from '../../../core/pool';
import { TerminalError, TransientError } from '../../shared/errors';
import { planFilter } from '../../shared/filter/plan-filters';
import type { Logger } from '../../shared/log';
import type { Quotas } from '../admission/ports';
import { askUntilDecided } from '../ask-and-decide';
import { type Ask, decideConditions, type Facts, type TriggerDecision } from '../decide';
import { decideRefusal } from '../decide-refusal';
import { metrics } from '../metrics';
import type { Changes, Definitions, DefinitionTexts, FilterFacts, Ledger, Pair, Projects } from '../ports';
import { renderFiltered } from '../render-filtered';
import { decideReview, type ProposedFile, type ReviewFacts } from './decide-review';

export interface ProposalControllerOptions {
  /** Name of the Gerrit server in keys and names. */
  readonly server: string;
  /** Base URL of git over HTTP as pods reach it. */
  readonly fetchUrl: string;
  /** All there are: those with manager `definitions` are ours, the others are what definitions are for. */
  readonly pipelines: readonly Pipeline[];
  readonly pools: readonly Pool[];
  readonly classPools: Readonly<Record<string, RunPool>>;
  readonly ledger: Ledger & { dryRun(project: string): Promise<DryRun> };
  readonly changes: Changes;
  readonly filterFacts: FilterFacts;
  readonly definitions: Definitions & DefinitionTexts;
  readonly projects: Projects;
  readonly quotas: Pick<Quotas, 'room'>;
  readonly log: Logger;
}

/** What a definition may be called by somebody who means one; short, for it stands in the ledger. */
const IN_FOLDER = /^seakeeper\/.{1,100}\.ya?ml$/;
/** More pipelines than anybody has. */
const MOST_FILES = 50;

type Filtered = Extract<TriggerDecision, { kind: 'filtered' }>;
type Screened = Filtered | { readonly kind: 'review' };
type ScreenFacts = Pick<
  Facts,
  'filter' | 'event' | 'eventAt' | 'eventKey' | 'change' | 'known' | 'pipeline' | 'dequeuedAt'
>;

/**
 * Brings an (event, pipeline with manager `definitions`) to its terminal decision: what the proposed definitions would come to.
 * It reads and records; it makes nothing in the cluster.
 */
export class ProposalController {
  private readonly ours: ReadonlyMap<string, Pick<ScreenFacts, 'filter' | 'pipeline'>>;

  constructor(private readonly options: ProposalControllerOptions) {
    const ours = options.pipelines.filter(({ manager }) => manager === 'definitions');
    this.ours = new Map(ours.map((pipeline) => [pipeline.name, { pipeline, filter: planFilter(pipeline) }]));
  }

  /** Whether the pipeline is one of ours. */
  has(pipeline: string): boolean {
    return this.ours.has(pipeline);
  }

  /** Resolves when the decision stands. Rejects when a retry could help. */
  async handle(pair: Pair, receivedAt: number): Promise<undefined> {
    const { changes, filterFacts, ledger, log } = this.options;
    const { key, pipeline } = pair;
    const ours = this.ours.get(pipeline);
    if (ours === undefined) {
      throw new TerminalError(
        `pipeline ${pipeline} reviews no definitions; deploy trigger and gateway with one config`,
      );
    }
    const stored = await ledger.findEvent(key);
    if (stored === undefined) {
      log.warn({ key, pipeline }, 'the ledger does not know the event any more');
      return;
    }
    const { event } = stored;
    const { project, number } = changeOf(event);
    const change = await changes.find(project, number);
    const eventAt = Date.parse(stored.receivedAt);
    const facts = { ...ours, event, eventAt, eventKey: key, change, known: {}, dequeuedAt: undefined };
    const screened = await askUntilDecided<ScreenFacts, Screened>(facts, screen, filterFacts);
    const decision = screened.kind === 'filtered' ? renderFiltered(screened) : await this.review(event);
    const answer = await ledger.putDecision(key, pipeline, decision);
    const reason = decision.kind === 'filtered' ? decision.reason : '';
    metrics.decisions.inc({ pipeline, kind: decision.kind, reason });
    metrics.seconds.observe({ kind: decision.kind }, (Date.now() - receivedAt) / 1000);
    log.info({ key, pipeline, kind: decision.kind, reason, answer }, 'decided');
  }

  private async review(event: GerritEvent): Promise<Decision> {
    const { project } = changeOf(event);
    const touched = await this.touchedFiles(event);
    if (touched.length === 0) {
      return { kind: 'filtered', reason: 'conditions-not-met', objections: ['the patch set touches no definition'] };
    }
    const { server, fetchUrl, pipelines, pools, classPools, ledger } = this.options;
    const running = workflowPipelines(pipelines);
    const revision = event.patchSet?.revision ?? '';
    const looked = touched.slice(0, MOST_FILES);
    const [files, place, dryRun] = await Promise.all([
      Promise.all(looked.map((path) => this.readFile(path, project, revision, running))),
      this.findPlace(project),
      ledger.dryRun(project),
    ]);
    return decideReview({
      ...{ server, fetchUrl, project, pipelines: running, pools, classPools, dryRun },
      ...{ files, omitted: touched.slice(MOST_FILES) },
      ...place,
    });
  }

  /** Files in `seakeeper/` that the patch set touches, removed ones among them; sorted. */
  private async touchedFiles(event: GerritEvent): Promise<string[]> {
    const { files = [] } = await this.options.filterFacts.find(event, [{ kind: 'files' }]);
    return [...new Set(files)].filter((path) => IN_FOLDER.test(path)).sort();
  }

  private async readFile(
    path: string,
    project: string,
    revision: string,
    pipelines: readonly Pipeline[],
  ): Promise<ProposedFile> {
    const { definitions } = this.options;
    const pipeline = pipelines.find(({ name }) => definitionPath(name) === path);
    const proposed = await definitions.at(project, revision, path);
    if (pipeline === undefined) {
      return { path, pipeline, proposed, merged: undefined };
    }
    const merged = await definitions.find(project, pipeline.name);
    if (merged.kind === 'not-readable') {
      throw new TransientError(merged.reason);
    }
    return { path, pipeline, proposed, merged };
  }

  private async findPlace(project: string): Promise<Pick<ReviewFacts, 'place' | 'room'>> {
    const place = await this.options.projects.find(project);
    const room = place.kind === 'ready' ? await this.options.quotas.room(place.namespace, false) : undefined;
    return { place, room };
  }
}

/** Whether an event is one to review for, by the rules that hold for runs. */
function screen(facts: ScreenFacts): Screened | Ask {
  const closed = decideRefusal(facts);
  return closed === undefined ? (decideConditions(facts) ?? { kind: 'review' }) : { kind: 'filtered', reason: closed };
}

function changeOf({ change }: GerritEvent): { readonly project: string; readonly number: number } {
  if (change === undefined) {
    throw new TerminalError('only a change proposes definitions; name the events of changes in the triggers');
  }
  return change;
}
