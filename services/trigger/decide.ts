import type { FilterReason, Finding } from '../../core/decision';
import type { GerritEvent } from '../../core/gerrit-event';
import { definitionPath, type Pipeline } from '../../core/pipeline';
import type { Pool, RunPool } from '../../core/pool';
import type { Result } from '../../core/result';
import type { StopReason } from '../../core/stop-reason';
import type { SanitizedDefinition } from '../shared/definition/sanitize-definition';
import { explain } from '../shared/filter/decide-explanation';
import { decideFilter } from '../shared/filter/decide-filter';
import { decideUnmet } from '../shared/filter/decide-unmet';
import type { ChangeFacts, GerritFacts, Need } from '../shared/filter/model-facts';
import type { PipelineFilter } from '../shared/filter/plan-filters';
import { renderObjections } from '../shared/filter/render-objections';
import { decideRefusal } from './decide-refusal';
import { renderWorkflow, type WorkflowManifest } from './render-workflow';

/** What Gerrit says of a change now. */
export interface ChangeNow extends ChangeFacts {
  readonly status: 'NEW' | 'MERGED' | 'ABANDONED';
  readonly currentRevision: string | undefined;
}

/** Where a project's runs go, as its `Project` object says. */
export type ProjectNow =
  | { readonly kind: 'absent' }
  | { readonly kind: 'not-ready'; readonly reason: string }
  | { readonly kind: 'ready'; readonly namespace: string; readonly class: string };

/** A pipeline's definition at the tip of `refs/meta/config`. */
export type DefinitionNow =
  | { readonly kind: 'found'; readonly commit: string; readonly definition: Result<SanitizedDefinition, Finding[]> }
  /** `commit`: tip without the file; undefined: there is no `refs/meta/config`. */
  | { readonly kind: 'absent'; readonly commit?: string }
  /** Not for the service account to read: an operator must act. */
  | { readonly kind: 'not-readable'; readonly reason: string };

/** All that a decision depends on. */
export interface Facts {
  readonly server: string;
  /** Base URL of git over HTTP as pods reach it. */
  readonly fetchUrl: string;
  readonly pipeline: Pipeline;
  /** The pipeline's, compiled. */
  readonly filter: PipelineFilter;
  /** What takes a change out of the pipeline, compiled. */
  readonly dequeue: PipelineFilter | undefined;
  /** When somebody last had the change taken out; milliseconds since 1970. */
  readonly dequeuedAt: number | undefined;
  /** What Gerrit was asked for on the filters' behalf. */
  readonly known: GerritFacts;
  readonly eventKey: string;
  readonly event: GerritEvent;
  /** When the ledger received the event; milliseconds since 1970. */
  readonly eventAt: number;
  readonly project: ProjectNow;
  /** Undefined for an event of a ref, and for a change that is not there for us. */
  readonly change: ChangeNow | undefined;
  readonly definition: DefinitionNow;
  /** Pools there are; none: runs go anywhere. */
  readonly pools: readonly Pool[];
  /** Pools of project classes that have one of their own. */
  readonly classPools: Readonly<Record<string, RunPool>>;
}

/** Runs that a newer event makes pointless. */
export interface StopOlder {
  readonly namespace: string;
  readonly pipeline: string;
  readonly change: number;
  /** Runs of patch sets below this one are stopped. */
  readonly belowPatchSet: number;
  /** Whether other runs of this very patch set are stopped too: somebody asked for it to be run again. */
  readonly samePatchSet: boolean;
  /** Why, when no newer run takes their place. */
  readonly because?: StopReason;
}

export type TriggerDecision =
  | {
      readonly kind: 'spawn';
      readonly workflow: WorkflowManifest;
      readonly definitionCommit: string;
      readonly stop?: StopOlder;
    }
  | {
      readonly kind: 'filtered';
      readonly reason: FilterReason;
      /** Tip that lacks the definition. */
      readonly definitionCommit?: string;
      /** Conditions that said no. */
      readonly objections?: readonly string[];
      /** What its author is told has to happen first. */
      readonly unmet?: string;
      readonly stop?: StopOlder;
    }
  | {
      readonly kind: 'rejected';
      readonly file: string;
      readonly definitionCommit: string;
      readonly findings: readonly Finding[];
      readonly stop?: StopOlder;
    }
  /** Not yet: something that an operator or the provisioner does is missing. */
  | { readonly kind: 'queued'; readonly reason: string }
  | { readonly kind: 'dead-lettered'; readonly reason: string }
  | Ask;

/** Gerrit must be asked for more before there is a decision. */
export interface Ask {
  readonly kind: 'ask';
  readonly needs: readonly Need[];
}

/** Why an event starts nothing, before and apart from what a definition says. */
type Filtered = Extract<TriggerDecision, { kind: 'filtered' }>;

/** Nothing is older, and most of what comes is of it: to look for older runs would be in vain. */
const FIRST_PATCH_SET = 1;
/** Higher than any patch set: stops every run of a change. */
const EVERY_PATCH_SET = Number.MAX_SAFE_INTEGER;

/** What an event comes to in a pipeline. Pure: same facts, same answer. */
export function decide(facts: Facts): TriggerDecision {
  const { pipeline, project } = facts;
  if (pipeline.manager === 'dependent') {
    return {
      kind: 'dead-lettered',
      reason: `pipeline ${pipeline.name} has manager 'dependent', allowed is 'independent' as long as there is no gate; change it in stack config`,
    };
  }
  if (project.kind === 'absent') {
    return { kind: 'filtered', reason: 'no-project' };
  }
  if (project.kind === 'not-ready') {
    return { kind: 'queued', reason: `project not ready: ${project.reason}` };
  }
  const refusal = decideRefusal(facts);
  const decision: TriggerDecision =
    refusal === undefined
      ? (decideDequeue(facts) ?? decideDefinition(facts, project))
      : { kind: 'filtered', reason: refusal };
  return withStop(decision, facts, project.namespace);
}

/** Whether the event takes its change out of the pipeline: then it starts nothing there. */
function decideDequeue({ dequeue, event, eventAt, change, known }: Facts): TriggerDecision | undefined {
  const answer = dequeue && decideFilter(dequeue, { event, facts: { ...known, change }, now: eventAt });
  switch (answer?.kind) {
    case 'pass':
      return { kind: 'filtered', reason: 'stops-runs' };
    case 'unknown':
      return { kind: 'ask', needs: answer.needs };
    default:
      return undefined;
  }
}

function decideDefinition(facts: Facts, project: Extract<ProjectNow, { kind: 'ready' }>): TriggerDecision {
  const { definition, pipeline } = facts;
  switch (definition.kind) {
    case 'not-readable':
      return { kind: 'queued', reason: definition.reason };
    case 'absent':
      return {
        kind: 'filtered',
        reason: 'no-definition',
        ...(definition.commit === undefined ? {} : { definitionCommit: definition.commit }),
      };
    case 'found': {
      // Last of all reasons not to run, since it may have to ask: most events end before.
      const conditions = decideConditions(facts);
      if (conditions !== undefined) {
        return conditions;
      }
      if (!definition.definition.ok) {
        const findings = definition.definition.error;
        return {
          kind: 'rejected',
          file: definitionPath(pipeline.name),
          definitionCommit: definition.commit,
          findings,
        };
      }
      const { server, fetchUrl, eventKey, event } = facts;
      const workflow = renderWorkflow({
        server,
        fetchUrl,
        namespace: project.namespace,
        pipeline,
        eventKey,
        event,
        definition: definition.definition.value,
        definitionCommit: definition.commit,
        pools: facts.pools,
        classPool: facts.classPools[project.class],
      });
      return workflow.ok
        ? { kind: 'spawn', workflow: workflow.value, definitionCommit: definition.commit }
        : { kind: 'filtered', reason: 'unsafe-name' };
    }
  }
}

/** What the pipeline's own conditions say, unless they let the event pass. */
export function decideConditions({
  filter,
  event,
  eventAt,
  change,
  known,
}: Pick<Facts, 'filter' | 'event' | 'eventAt' | 'change' | 'known'>): Filtered | Ask | undefined {
  const subject = { event, facts: { ...known, change }, now: eventAt };
  const answer = decideFilter(filter, subject);
  switch (answer.kind) {
    case 'pass':
      return undefined;
    case 'no': {
      const unmet = decideUnmet(filter, subject);
      return unmet.kind === 'unknown'
        ? { kind: 'ask', needs: unmet.needs }
        : {
            kind: 'filtered',
            reason: 'conditions-not-met',
            objections: renderObjections(explain(filter, subject)),
            ...(unmet.kind === 'said' ? { unmet: unmet.text } : {}),
          };
    }
    case 'unknown':
      return { kind: 'ask', needs: answer.needs };
  }
}

/** Adds which runs have lost their point: those of older patch sets, or all of a change that is run no more. */
function withStop(decision: TriggerDecision, facts: Facts, namespace: string): TriggerDecision {
  const { change, patchSet, type } = facts.event;
  if (
    change === undefined ||
    decision.kind === 'queued' ||
    decision.kind === 'ask' ||
    decision.kind === 'dead-lettered'
  ) {
    return decision;
  }
  const stop = { namespace, pipeline: facts.pipeline.name, change: change.number };
  const because = reasonToStopAll(decision, facts);
  if (because !== undefined) {
    return { ...decision, stop: { ...stop, belowPatchSet: EVERY_PATCH_SET, samePatchSet: true, because } };
  }
  const isCurrent = facts.change?.status === 'NEW' && facts.change.currentRevision === patchSet?.revision;
  // What is done to a patch set after it came makes what ran of it before a run of what no longer is.
  const again = type !== 'patchset-created' && decision.kind === 'spawn';
  if (patchSet === undefined || !isCurrent || (patchSet.number === FIRST_PATCH_SET && !again)) {
    return decision;
  }
  return { ...decision, stop: { ...stop, belowPatchSet: patchSet.number, samePatchSet: again } };
}

function reasonToStopAll(decision: TriggerDecision, { event, change }: Facts): StopReason | undefined {
  if (event.type === 'change-deleted') {
    return 'change-deleted';
  }
  if (change?.status === 'ABANDONED') {
    return 'change-abandoned';
  }
  return decision.kind === 'filtered' && decision.reason === 'stops-runs' ? 'dequeued' : undefined;
}
