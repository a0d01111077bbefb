import { z } from 'zod';
import { CastApproval, CHANGE_CONDITIONS, PersonMatcher, Rejection, Requirement } from './condition';
import { CronText } from './cron-schedule';
import { EventType } from './event-type';
import { listOf, oneOrMore } from './one-or-more';
import { TextPatterns } from './text-pattern';

const CommandName = z.string().regex(/^\S+( \S+)*$/, 'must be words with one space between, such as check php');

/** A line of a comment that asks for something: words, and what stands behind them. */
export const Command = z.union([
  CommandName,
  z.strictObject({
    name: CommandName.describe('The words, in any case.'),
    arguments: TextPatterns.describe('What stands behind them on the line; nothing is empty text.'),
  }),
]);
export type Command = z.infer<typeof Command>;

/**
 * One way for an event to start a pipeline. All given conditions must hold, all of `require`, and none of `reject`.
 */
export const PipelineTrigger = z.strictObject({
  event: oneOrMore(EventType).describe(
    "Kind of event, by the name Gerrit's `stream-events` gives it, or several of which any will do; `timer` stands alone.",
  ),
  time: CronText.optional().describe(
    'timer: when, in UTC, as the five fields of crontab(5) say it: minute, hour, day of month, month, day of week.',
  ),
  jitterSeconds: z
    .int()
    .min(0)
    .max(86_400)
    .optional()
    .describe('timer: most seconds that a run begins later than that, by its project and branch. Absent: 0.'),
  ...CHANGE_CONDITIONS,
  comment: TextPatterns.optional().describe(
    'comment-added: what the person wrote, without the lines Gerrit puts before it.',
  ),
  command: oneOrMore(Command)
    .meta({ id: 'command' })
    .optional()
    .describe(
      'comment-added: a line of the comment that is this command, with nothing behind it unless `arguments` are given.',
    ),
  approval: oneOrMore(CastApproval)
    .optional()
    .describe(
      'comment-added: vote that the comment must cast, so one that stood before does not count; of a list, any.',
    ),
  addedHashtag: TextPatterns.optional().describe('hashtags-changed: a hashtag that came.'),
  removedHashtag: TextPatterns.optional().describe('hashtags-changed: a hashtag that went.'),
  by: PersonMatcher.optional().describe(
    'Who did it: commented, uploaded, changed, abandoned, restored or submitted the change, added or removed a reviewer or a vote, or pushed the ref.',
  ),
  require: Requirement.optional().describe('Conditions of which all must hold, standing votes among them.'),
  reject: Rejection.optional().describe('Conditions of which none may hold.'),
  unmet: z
    .string()
    .min(1)
    .max(2_000)
    .optional()
    .describe(
      'What the author is told, once a change and without a vote, when all holds but `require` or `reject` of this trigger: what has to happen first.',
    ),
});
export type PipelineTrigger = z.infer<typeof PipelineTrigger>;

/** One way for an event to take its change out of a pipeline: what the event says, and no more. */
export const DequeueTrigger = PipelineTrigger.pick({
  event: true,
  branch: true,
  comment: true,
  command: true,
  approval: true,
  by: true,
});
export type DequeueTrigger = z.infer<typeof DequeueTrigger>;

/** Events that a trigger waits for. */
export const eventsOf = ({ event }: Pick<PipelineTrigger, 'event'>): readonly EventType[] => listOf(event);
