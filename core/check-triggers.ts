import { CONFIG_REF } from './config-change';
import { type DequeueTrigger, eventsOf, type PipelineTrigger } from './pipeline-trigger';
import { plainTexts } from './text-pattern';

/** Something that a pipeline's triggers may not say, and where. */
export interface TriggerProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** What no type can say of a pipeline's triggers. One line each: what it is, what is allowed. */
export function triggerProblems(pipeline: {
  readonly name: string;
  readonly manager?: string | undefined;
  readonly triggers: readonly PipelineTrigger[];
  readonly dequeue?: readonly DequeueTrigger[] | undefined;
}): TriggerProblem[] {
  const { name, manager, triggers, dequeue = [] } = pipeline;
  return [
    ...(manager === 'definitions' && !triggers.every(isOfConfig)
      ? [{ path: ['triggers'], message: ofConfig(name) }]
      : []),
    ...triggers.flatMap(({ unmet, require, reject }, index) =>
      unmet === undefined || require !== undefined || reject !== undefined
        ? []
        : [{ path: ['triggers', index, 'unmet'], message: UNSAID }],
    ),
    ...triggers.flatMap((trigger, index) =>
      timerProblems(trigger, name).map((message) => ({ path: ['triggers', index], message })),
    ),
    ...dequeue.flatMap((trigger) => eventsOf(trigger).filter(isOfNoChange).map(notOfAChange(name))),
  ];
}

const isOfConfig = ({ branch }: PipelineTrigger): boolean =>
  plainTexts(branch)?.every((text) => text === CONFIG_REF) === true;

const ofConfig = (name: string): string =>
  `pipeline '${name}' has manager 'definitions', which reviews changes to ${CONFIG_REF} and nothing else; give every trigger branch: {plain: ${CONFIG_REF}}`;

const UNSAID = 'is said when require or reject does not hold, and there is neither; give the trigger one of them';

const isOfNoChange = (type: string): boolean => type === 'ref-updated' || type === 'timer';

const notOfAChange = (name: string) => (type: string) => ({
  path: ['dequeue'],
  message: `'${type}' is about no change that pipeline '${name}' could stop runs of; allowed are events of a change`,
});

function timerProblems(trigger: PipelineTrigger, name: string): string[] {
  const events = eventsOf(trigger);
  if (!events.includes('timer')) {
    const isTimed = trigger.time !== undefined || trigger.jitterSeconds !== undefined;
    return isTimed
      ? [`time and jitterSeconds are for event 'timer', and this trigger of '${name}' is for another`]
      : [];
  }
  return [
    ...(events.length > 1
      ? [`'timer' stands alone, and this trigger of '${name}' names other events; give it its own`]
      : []),
    ...(trigger.time === undefined ? [`a timer of '${name}' has no time; give it one, such as time: '0 3 * * *'`] : []),
    ...(plainTexts(trigger.branch) === undefined
      ? [`a timer of '${name}' must name its branches as plain text, such as branch: {plain: master}`]
      : []),
  ];
}
