import { z } from 'zod';
import { FilterReason, Finding, Wait } from '../../../core/decision';

/** The event an outcome is about: Gerrit's name for its kind, and when it was received. */
export const EventMention = z.object({ type: z.string(), at: z.iso.datetime() });
export type EventMention = z.infer<typeof EventMention>;

const about = { event: EventMention };

/** What an event of a patch set came to in a pipeline. */
export const WhyOutcome = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('ran'),
    ...about,
    namespace: z.string(),
    workflow: z.string(),
    /** Commit of `refs/meta/config` whose definition ran. */
    commit: z.string(),
    /** Argo's word for where it is; absent: the Workflow is no longer kept. */
    phase: z.string().optional(),
  }),
  z.object({
    kind: z.literal('waits'),
    ...about,
    reason: z.string(),
    /** Absent: it waits for something else than room. */
    wait: Wait.optional(),
  }),
  /** Handed on, and nothing was heard yet. */
  z.object({ kind: z.literal('on-its-way'), ...about }),
  z.object({
    kind: z.literal('not-started'),
    ...about,
    reason: FilterReason,
    /** Conditions that said no, each with its place in stack config. */
    objections: z.array(z.string()),
    /** Tip of `refs/meta/config` that was looked at. */
    commit: z.string().optional(),
  }),
  z.object({
    kind: z.literal('rejected'),
    ...about,
    file: z.string(),
    commit: z.string(),
    findings: z.array(Finding).min(1),
  }),
  /** What a change to `refs/meta/config` proposes was looked at; `problems`: what would be refused. */
  z.object({ kind: z.literal('reviewed'), ...about, problems: z.int().min(0) }),
  z.object({ kind: z.literal('given-up'), ...about, reason: z.string() }),
  /** Nothing that could start the pipeline was seen. `omitted`: so many older events of the change were not looked at. */
  z.object({ kind: z.literal('not-seen'), wanted: z.array(z.string()), omitted: z.int().min(0) }),
  /** The event was there before the pipeline was. */
  z.object({ kind: z.literal('not-asked'), ...about }),
]);
export type WhyOutcome = z.infer<typeof WhyOutcome>;

/** What became of a patch set in one pipeline, the most telling first. */
export const PipelineAnswer = z.object({ pipeline: z.string(), outcomes: z.array(WhyOutcome).min(1) });
export type PipelineAnswer = z.infer<typeof PipelineAnswer>;

/** Why a change ran what it ran: patch sets, the newest first. */
export const WhyAnswer = z.object({
  project: z.string(),
  change: z.int(),
  patchSets: z.array(z.object({ patchSet: z.int(), pipelines: z.array(PipelineAnswer) })),
});
export type WhyAnswer = z.infer<typeof WhyAnswer>;

/** Whether it can be another one in a moment. */
export const isOpen = ({ patchSets }: WhyAnswer): boolean =>
  patchSets.some(({ pipelines }) =>
    pipelines.some(({ outcomes }) =>
      outcomes.some(
        (outcome) =>
          outcome.kind === 'waits' ||
          outcome.kind === 'on-its-way' ||
          (outcome.kind === 'ran' && ['', 'Pending', 'Running'].includes(outcome.phase ?? 'gone')),
      ),
    ),
  );
