import { listOf } from '../../../core/one-or-more';
import type { Command } from '../../../core/pipeline-trigger';
import { compilePatterns } from '../../../core/text-pattern';
import { answer, unsaid } from './model-answer';
import { onFound, type Test } from './model-condition';
import { comment } from './model-reading';

/** A line of the comment that is one of the commands, in any case, with arguments behind it where they are wanted. */
export function planCommand(given: Command | readonly Command[]): Test {
  const compiled = listOf(given).map((command) => {
    const { name, arguments: patterns } =
      typeof command === 'string' ? { name: command, arguments: undefined } : command;
    const matcher = patterns === undefined ? undefined : compilePatterns(patterns);
    return {
      words: name.toLowerCase().split(' '),
      fits: (rest: string) => (matcher === undefined ? rest === '' : matcher.matches(rest)),
      wanted: `'${name}'${matcher === undefined ? '' : ` with ${matcher.wanted}`}`,
    };
  });
  return {
    wanted: `a line ${compiled.map(({ wanted }) => wanted).join(' or ')}`,
    test: onFound(comment, ([text = '']) => {
      const lines = text.split('\n').map((line) => line.trim().split(/\s+/));
      const isSaid = compiled.some(({ words, fits }) =>
        lines.some(
          (line) =>
            words.every((word, at) => line[at]?.toLowerCase() === word) && fits(line.slice(words.length).join(' ')),
        ),
      );
      return answer(isSaid, unsaid);
    }),
  };
}
