import { userText } from '../shared/render-user-text';
import type { LeftOut } from './decide-comments';

const MOST = { steps: 5, step: 100, reason: 200 };

/** Lines of a report on comments of its steps that are not posted; none when all are. */
export function renderLeftOut({ noFile, noLine, tooMany, malformed, unreadable }: LeftOut): string[] {
  const reasons = [
    [noFile, 'on a file that this patch set does not touch'],
    [noLine, 'on a line that its file does not have'],
    [tooMany, 'beyond the most that a report posts'],
    [malformed, 'without a message, or with a line that is none'],
  ] as const;
  const counts = reasons.flatMap(([count, reason]) => (count === 0 ? [] : [`${count} ${reason}`]));
  return [
    ...(counts.length === 0 ? [] : ['', `Comments of its steps that are left out: ${counts.join(', ')}.`]),
    ...unreadable
      .slice(0, MOST.steps)
      .flatMap(({ step, reason }) => [
        '',
        `What step ${userText(step, MOST.step)} put out as comments is left out: ${userText(reason, MOST.reason)}.`,
      ]),
  ];
}
