import { RE2JS } from 're2js';
import { commentText, votesOfComment } from '../../core/comment-text';
import { CONFIG_REF } from '../../core/config-change';
import { type GerritEvent, projectOfEvent } from '../../core/gerrit-event';
import type { Pipeline, PipelineTrigger } from '../../core/pipeline';
import { branchOf } from './decide-coarse-filter';

/** A condition of a trigger: the key it stands under, and what it says against an event; undefined: nothing. */
interface Condition {
  readonly field: keyof PipelineTrigger;
  readonly objection: (event: GerritEvent) => string | undefined;
}

/**
 * Makes of the pipelines in stack config what says why an event starts none of them: for each pipeline the first
 * condition of each trigger that said no, such as `branch 'stable' is not wanted (pipelines.check.triggers[0].branch)`.
 * Triggers for other kinds of events are passed over where one is for this kind.
 */
export function objectionsOf(pipelines: readonly Pipeline[]): (event: GerritEvent) => Record<string, string[]> {
  const compiled = pipelines.map(({ name, triggers }) => ({ name, triggers: triggers.map(conditionsOf) }));
  return (event) =>
    Object.fromEntries(compiled.map(({ name, triggers }) => [name, objectionsTo(event, name, triggers)]));
}

function objectionsTo(event: GerritEvent, pipeline: string, triggers: readonly Condition[][]): string[] {
  const found = triggers.map((conditions, index) => {
    const first = conditions.find(({ objection }) => objection(event) !== undefined);
    return first === undefined ? undefined : { index, field: first.field, words: first.objection(event) };
  });
  const said = found.filter((objection) => objection !== undefined);
  if (said.length < triggers.length) {
    return [];
  }
  const ofThisKind = said.filter(({ field }) => field !== 'event');
  return (ofThisKind.length > 0 ? ofThisKind : said).map(
    ({ index, field, words }) => `${words} (pipelines.${pipeline}.triggers[${index}].${field})`,
  );
}

/** What a trigger asks of an event, in the order in which people think of it. */
function conditionsOf(trigger: PipelineTrigger): Condition[] {
  return [
    { field: 'event', objection: ({ type }) => (type === trigger.event ? undefined : `event ${type} is not wanted`) },
    ...patternOf(trigger, 'project', projectOfEvent),
    ...patternOf(trigger, 'branch', branchOf),
    ...(trigger.branch === undefined ? [CODE_ONLY] : []),
    ...patternOf(trigger, 'ref', ({ refUpdate }) => refUpdate?.refName),
    ...commentOf(trigger),
    ...approvalOf(trigger),
  ];
}

/** A change to refs/meta/config is no code. */
const CODE_ONLY: Condition = {
  field: 'branch',
  objection: ({ change }) =>
    change?.branch === CONFIG_REF ? `a change to ${CONFIG_REF} is wanted only where that branch is named` : undefined,
};

function patternOf(
  trigger: PipelineTrigger,
  field: 'project' | 'branch' | 'ref',
  textOf: (event: GerritEvent) => string | undefined,
): Condition[] {
  const source = trigger[field];
  if (source === undefined) {
    return [];
  }
  const pattern = RE2JS.compile(source);
  const objection = (event: GerritEvent) => {
    const text = textOf(event);
    if (text === undefined) {
      return `it is of no ${field}`;
    }
    return pattern.matcher(text).find() ? undefined : `${field} '${text}' is not wanted`;
  };
  return [{ field, objection }];
}

/** What was written stays where it was written: the pattern says enough. */
function commentOf({ comment: source }: PipelineTrigger): Condition[] {
  if (source === undefined) {
    return [];
  }
  const pattern = RE2JS.compile(source);
  const objection = ({ comment }: GerritEvent) =>
    comment !== undefined && pattern.matcher(commentText(comment)).find()
      ? undefined
      : `the comment does not match '${source}'`;
  return [{ field: 'comment', objection }];
}

function approvalOf({ approval }: PipelineTrigger): Condition[] {
  if (approval === undefined) {
    return [];
  }
  const wanted = `${approval.label}${approval.value > 0 ? '+' : ''}${approval.value}`;
  const objection = ({ comment = '' }: GerritEvent) =>
    votesOfComment(comment).some(({ label, value }) => label === approval.label && value === approval.value)
      ? undefined
      : `the comment does not vote ${wanted}`;
  return [{ field: 'approval', objection }];
}
