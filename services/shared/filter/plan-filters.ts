import type { Pipeline } from '../../../core/pipeline';
import { eventsOf, type PipelineTrigger } from '../../../core/pipeline-trigger';
import { plainTexts } from '../../../core/text-pattern';
import type { Condition } from './model-condition';
import { planPrerequisites, planTrigger } from './plan-conditions';

/** A compiled trigger: all of its conditions must hold. */
export interface TriggerFilter {
  readonly path: string;
  /** Those of its `require` and `reject` last: they are the ones Gerrit is asked about. */
  readonly conditions: readonly Condition[];
  /** What the author is told when all hold but those of `require` and `reject`, and how many the others are. */
  readonly unmet: { readonly text: string; readonly own: number } | undefined;
  /** Events it waits for. */
  readonly events: readonly string[];
  /** Projects and branches it is for, where they are said as plain text; undefined: any may do. */
  readonly projects: readonly string[] | undefined;
  readonly branches: readonly string[] | undefined;
}

/** A compiled pipeline: one of its triggers must hold, and all prerequisites. */
export interface PipelineFilter {
  readonly pipeline: string;
  readonly triggers: readonly TriggerFilter[];
  /** The pipeline's own `require` and `reject`. */
  readonly prerequisites: readonly Condition[];
}

/** Compiles a pipeline's filters: the one source of what gateway and trigger decide and of what people are told. */
export function planFilter({ name, triggers, require, reject }: PlannedPipeline): PipelineFilter {
  const path = `pipelines.${name}`;
  return {
    pipeline: name,
    triggers: planTriggers(triggers, `${path}.triggers`),
    prerequisites: planPrerequisites({ require, reject }, path),
  };
}

/** Compiles what takes a change out of a pipeline; undefined where nothing does. */
export function planDequeue({ name, dequeue }: Pick<Pipeline, 'name' | 'dequeue'>): PipelineFilter | undefined {
  const path = `pipelines.${name}.dequeue`;
  return dequeue && { pipeline: name, triggers: planTriggers(dequeue, path), prerequisites: [] };
}

type PlannedPipeline = Pick<Pipeline, 'name' | 'triggers' | 'require' | 'reject'>;

const planTriggers = (triggers: readonly PipelineTrigger[], path: string): TriggerFilter[] =>
  triggers.map((trigger, at) => planTriggerFilter(trigger, `${path}[${at}]`));

function planTriggerFilter(trigger: PipelineTrigger, path: string): TriggerFilter {
  const own = planTrigger(trigger, path);
  return {
    path,
    conditions: [...own, ...planPrerequisites(trigger, path)],
    unmet: trigger.unmet === undefined ? undefined : { text: trigger.unmet, own: own.length },
    events: [...new Set(eventsOf(trigger))],
    projects: plainTexts(trigger.project),
    branches: plainTexts(trigger.branch),
  };
}
