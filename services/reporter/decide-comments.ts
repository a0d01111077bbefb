import type { InlineComment } from '../../core/inline-comment';
import { userLines, userText } from '../shared/render-user-text';
import type { StepComment, StepComments } from './parse-step-comments';
import { cutToFit } from './render-cut';

/** Most comments of one report. More would be read by nobody, and Gerrit limits those of a change. */
export const MOST_COMMENTS = 50;
const MOST = { step: 100, lines: 20, line: 500 };

/** Why comments of a run's steps are not posted; how many each. */
export interface LeftOut {
  /** On a file that the patch set does not touch. */
  readonly noFile: number;
  /** On a line that the file does not have. */
  readonly noLine: number;
  /** Beyond the most a report posts. */
  readonly tooMany: number;
  readonly malformed: number;
  readonly unreadable: StepComments['unreadable'];
}

export const NOTHING_LEFT_OUT: LeftOut = { noFile: 0, noLine: 0, tooMany: 0, malformed: 0, unreadable: [] };

/** A run's comments on their way to its report. */
export interface Sorted {
  readonly comments: readonly InlineComment[];
  readonly leftOut: LeftOut;
}

/** Keeps comments on files of the patch set, each once and not too many, as text that is safe to post. */
export function keepOnFiles({ comments, malformed, unreadable }: StepComments, files: ReadonlySet<string>): Sorted {
  const onFiles = comments.filter(({ path }) => files.has(path));
  const rendered = onFiles.flatMap((comment) => render(comment) ?? []);
  const once = new Map(rendered.map((comment) => [JSON.stringify(comment), comment]));
  return {
    comments: [...once.values()].slice(0, MOST_COMMENTS),
    leftOut: {
      ...NOTHING_LEFT_OUT,
      unreadable,
      malformed: malformed + onFiles.length - rendered.length,
      noFile: comments.length - onFiles.length,
      tooMany: Math.max(0, once.size - MOST_COMMENTS),
    },
  };
}

/** Keeps comments on lines that are there. Of a file that is not in `lines` every line passes. */
export function keepOnLines({ comments, leftOut }: Sorted, lines: ReadonlyMap<string, number>): Sorted {
  const kept = comments.filter(({ path, line = 0 }) => line <= (lines.get(path) ?? Number.POSITIVE_INFINITY));
  return { comments: kept, leftOut: { ...leftOut, noLine: leftOut.noLine + comments.length - kept.length } };
}

/**
 * Names the step, since every comment comes from one account. Resolved from the start: whether it still holds is said by
 * the next run, not by somebody who clicks.
 */
function render({ step, path, line, level, text }: StepComment): InlineComment | undefined {
  const said = userLines(text, MOST.lines, MOST.line);
  if (said === '') {
    return undefined;
  }
  const grade = level === undefined || level === 'info' ? '' : `, ${level}`;
  return {
    path,
    ...(line === undefined ? {} : { line }),
    message: cutToFit(`${userText(step, MOST.step)}${grade}: ${said}`),
    unresolved: false,
  };
}
