import type { ChangeHistory, EventHistory, PairHistory } from '../../../core/change-history';
import type { FilterReason, WorkflowReference } from '../../../core/decision';
import type { Pipeline } from '../../../core/pipeline';
import { eventsOf } from '../../../core/pipeline-trigger';
import type { EventMention, PipelineAnswer, WhyAnswer, WhyOutcome } from './model-answer';

const COMMENT = 'comment-added';

export interface WhyFacts {
  readonly history: ChangeHistory;
  /** Pipelines there are now. */
  readonly pipelines: readonly Pick<Pipeline, 'name' | 'triggers'>[];
  /** Argo's phase of a run's Workflow; undefined when it is no longer kept. */
  readonly phaseOf: (workflow: WorkflowReference) => string | undefined;
  /**
   * The one patch set that is asked about, seen or not.
   *
   * @default - all that were seen
   */
  readonly patchSet?: number | undefined;
}

/** Makes the answer of what the ledger knows. Pure: same facts, same answer. */
export function modelWhy({ history, pipelines, phaseOf, patchSet }: WhyFacts): WhyAnswer {
  const seen = [...new Set(history.events.map((event) => event.patchSet))].sort((one, other) => other - one);
  const names = [...new Set([...pipelines.map(({ name }) => name), ...history.events.flatMap(pipelinesOf)])];
  const patchSets = (patchSet === undefined ? seen : [patchSet]).map((number) => {
    const newestFirst = history.events.filter((event) => event.patchSet === number).reverse();
    return {
      patchSet: number,
      pipelines: names.map((pipeline): PipelineAnswer => {
        const triggers = pipelines.find(({ name }) => name === pipeline)?.triggers;
        return {
          pipeline,
          outcomes: outcomesOf(pipeline, triggers, newestFirst, phaseOf) ?? [notSeen(triggers, history)],
        };
      }),
    };
  });
  return { project: history.project, change: history.change, patchSets };
}

/** Runs that a history names, the newest first. */
export function runsOf({ events }: ChangeHistory): WorkflowReference[] {
  return events
    .flatMap(({ pairs }) => Object.values(pairs))
    .flatMap(({ latest }) => (latest?.decision.kind === 'spawned' ? [latest.decision.workflow] : []))
    .reverse();
}

/**
 * Whether the newest that is known of the change says that not everybody may see it: then nobody is told that it exists.
 */
export function isHidden({ events }: ChangeHistory): boolean {
  const newest = events.at(-1);
  return (
    newest === undefined ||
    newest.isPrivate ||
    Object.values(newest.pairs).some(
      ({ latest }) =>
        latest?.decision.kind === 'filtered' &&
        ['private-change', 'change-not-visible'].includes(latest.decision.reason),
    )
  );
}

const pipelinesOf = ({ pairs }: EventHistory): string[] => Object.keys(pairs);

const notSeen = (triggers: Pipeline['triggers'] | undefined, { omitted }: ChangeHistory): WhyOutcome => ({
  kind: 'not-seen',
  wanted: [...new Set((triggers ?? []).flatMap(eventsOf))],
  omitted,
});

/** What the events of a patch set came to in a pipeline; undefined when none of them could have started it. */
function outcomesOf(
  pipeline: string,
  triggers: Pipeline['triggers'] | undefined,
  newestFirst: readonly EventHistory[],
  phaseOf: WhyFacts['phaseOf'],
): WhyOutcome[] | undefined {
  // What nobody wants of this pipeline, a question for one, says nothing of it.
  const able = newestFirst.filter(
    (event) =>
      (triggers === undefined ||
        event.pairs[pipeline]?.verdict === 'pass' ||
        triggers.some((trigger) => eventsOf(trigger).some((type) => type === event.type))) &&
      !isMereQuestion(event, pipeline),
  );
  const judged = able.flatMap((event) => {
    const pair = event.pairs[pipeline];
    return pair === undefined ? [] : [{ event, pair, rank: rankOf(pair) }];
  });
  const unmatched = judged.filter(({ rank }) => rank === Rank.unmatched);
  const told = [
    ...judged.filter(({ rank }) => rank !== Rank.unmatched),
    // Of what did not match, the newest of each kind: what was pushed, and what was said.
    ...unmatched.filter(({ event }) => event.type !== COMMENT).slice(0, 1),
    ...unmatched.filter(({ event }) => event.type === COMMENT).slice(0, 1),
  ].sort((one, other) => one.rank - other.rank);
  if (told.length > 0) {
    return told.map(({ event, pair }) => outcomeOf(mention(event), pair, phaseOf));
  }
  const [unasked] = able;
  return unasked === undefined ? undefined : [{ kind: 'not-asked', event: mention(unasked) }];
}

/** A comment that asks why and was handed on to nothing. */
const isMereQuestion = ({ asksWhy, pairs }: EventHistory, pipeline: string): boolean =>
  asksWhy && pairs[pipeline]?.verdict !== 'pass';

/** How much an event tells of a pipeline: the lower the more. */
const Rank = { handedOn: 0, aside: 1, objected: 2, unmatched: 3 } as const;
/** What became of events that are about a run of another event. */
const ASIDE: readonly FilterReason[] = ['already-waiting', 'stops-runs'];

function rankOf({ verdict, latest }: PairHistory): number {
  if (verdict === 'no-pipeline-match') {
    return Rank.unmatched;
  }
  if (verdict !== 'pass') {
    return Rank.objected;
  }
  const isAside = latest?.decision.kind === 'filtered' && ASIDE.includes(latest.decision.reason);
  return isAside ? Rank.aside : Rank.handedOn;
}

function outcomeOf(event: EventMention, pair: PairHistory, phaseOf: WhyFacts['phaseOf']): WhyOutcome {
  if (pair.verdict !== 'pass') {
    return { kind: 'not-started', event, reason: pair.verdict, objections: pair.objections };
  }
  const decision = pair.latest?.decision;
  switch (decision?.kind) {
    case undefined:
      return { kind: 'on-its-way', event };
    case 'queued': {
      const { reason, wait } = decision;
      return { kind: 'waits', event, reason, ...(wait === undefined ? {} : { wait }) };
    }
    case 'filtered': {
      const { reason, objections = [], definitionCommit: commit } = decision;
      return { kind: 'not-started', event, reason, objections, ...(commit === undefined ? {} : { commit }) };
    }
    case 'spawned': {
      const { namespace, name: workflow } = decision.workflow;
      const phase = phaseOf(decision.workflow);
      const commit = decision.definitionCommit;
      return { kind: 'ran', event, namespace, workflow, commit, ...(phase === undefined ? {} : { phase }) };
    }
    case 'rejected': {
      const { file, definitionCommit: commit, findings } = decision;
      return { kind: 'rejected', event, file, commit, findings };
    }
    case 'reviewed':
      // How many and no more: not everybody who asks may read refs/meta/config.
      return { kind: 'reviewed', event, problems: decision.findings.length };
    case 'dead-lettered':
      return { kind: 'given-up', event, reason: decision.reason };
  }
}

const mention = ({ type, at }: EventHistory): EventMention => ({ type, at });
