import { stepOutput } from '../../core/step-output';

// biome-ignore lint/suspicious/noControlCharactersInRegex: terminal colours are what is taken out
const TERMINAL_SEQUENCES = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-Z\\-_])/g;
/** Controls, halves of characters, and what turns the direction of text or hides in it. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+/gu;

/**
 * Text from a tenant as one line that is safe in a message: no control characters, at most `most` characters, and no
 * `/job/`, by which result tabs (and our own read-back) would take a printed link for a result of ours.
 */
export function userText(text: string, most: number): string {
  const line = text.replace(TERMINAL_SEQUENCES, '').replace(UNPRINTABLE, ' ').replaceAll('/job/', '/job /').trim();
  const characters = [...line];
  return characters.length <= most ? line : `${characters.slice(0, most - 1).join('')}…`;
}

/** The same for a text of several lines, of which empty ones and those beyond `mostLines` are left out. */
export function userLines(text: string, mostLines: number, most: number): string {
  const lines = text
    .split(/[\r\n]+/)
    .map((line) => userText(line, most))
    .filter((line) => line !== '');
  return (lines.length <= mostLines ? lines : [...lines.slice(0, mostLines - 1), '…']).join('\n');
}

/** The last line a step printed that says anything, before it is made safe. */
export function lastLine(log: string): string | undefined {
  return stepOutput(log)
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .findLast((line) => line !== '');
}
