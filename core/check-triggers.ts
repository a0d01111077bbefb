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
  readonly triggers: readonly PipelineTrigger[];
  readonly dequeue?: readonly DequeueTrigger[] | undefined;
}): TriggerProblem[] {
  const { name, triggers, dequeue = [] } = pipeline;
  return [
    ...triggers.flatMap((trigger, index) =>
      timerProblems(trigger, name).map((message) => ({ path: ['triggers', index], message })),
    ),
    ...dequeue.flatMap((trigger) => eventsOf(trigger).filter(isOfNoChange).map(notOfAChange(name))),
  ];
}

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
