import { RE2JS } from 're2js';
import { z } from 'zod';
import { globToRe2 } from './glob';
import { listOf } from './one-or-more';

/** Most instructions of a compiled pattern: what one costs is this times the text's length. */
const MOST_INSTRUCTIONS = 5_000;
const MOST_CHARACTERS = 10_000;

/** A pattern in RE2's syntax, which no text can make slow. Refused here, where a person reads why, and not in a pod. */
export const Re2Pattern = z.string().superRefine((source, context) => {
  const why = objectionTo(source, () => source);
  if (why !== undefined)
    context.addIssue({ code: 'custom', message: `'${shown(source)}' is not an RE2 pattern: ${why}` });
});

/** A glob as `core/glob.ts` reads it. */
export const GlobPattern = z.string().superRefine((source, context) => {
  const why = objectionTo(source, () => globToRe2(source));
  if (why !== undefined) context.addIssue({ code: 'custom', message: `'${shown(source)}' is not a glob: ${why}` });
});

const FORMS = [
  Re2Pattern,
  z.strictObject({ plain: z.string() }),
  z.strictObject({ glob: GlobPattern }),
  z.strictObject({ re2: Re2Pattern }),
] as const;
const WANTED =
  'must be a pattern: text in RE2, or an object with exactly one of plain (the whole text), glob (the whole text), re2 (found anywhere)';

/** What a text must be: text is RE2, found anywhere. */
export const TextPattern = z.union(FORMS, { error: WANTED });
export type TextPattern = z.infer<typeof TextPattern>;

/** One pattern, or several of which any will do. */
export const TextPatterns = z
  .union([...FORMS, z.array(TextPattern).min(1)], { error: `${WANTED}; or a list of those` })
  .meta({ id: 'pattern' });
export type TextPatterns = z.infer<typeof TextPatterns>;

/** Compiled patterns. */
export interface TextMatcher {
  readonly matches: (text: string) => boolean;
  /** What they are, for people: `RE2 '^master$' or glob 'REL*'`. */
  readonly wanted: string;
}

/** Compiles patterns that were parsed: throws on one that was not. */
export function compilePatterns(patterns: TextPatterns): TextMatcher {
  const tests = listOf(patterns).map(compilePattern);
  return {
    matches: (text) => tests.some((test) => test(text)),
    wanted: listOf(patterns).map(showPattern).join(' or '),
  };
}

/** The texts that patterns are, when all of them are plain: what an index can be made of. */
export function plainTexts(patterns: TextPatterns | undefined): string[] | undefined {
  if (patterns === undefined) return undefined;
  const texts = listOf(patterns).flatMap((pattern) =>
    typeof pattern === 'object' && 'plain' in pattern ? [pattern.plain] : [],
  );
  return texts.length === listOf(patterns).length ? texts : undefined;
}

function compilePattern(pattern: TextPattern): (text: string) => boolean {
  if (typeof pattern === 'object' && 'plain' in pattern) {
    return (text) => text === pattern.plain;
  }
  const source = typeof pattern === 'string' ? pattern : 're2' in pattern ? pattern.re2 : globToRe2(pattern.glob);
  const compiled = RE2JS.compile(source);
  return (text) => compiled.test(text);
}

function showPattern(pattern: TextPattern): string {
  if (typeof pattern === 'string') return `RE2 '${shown(pattern)}'`;
  if ('plain' in pattern) return `'${shown(pattern.plain)}'`;
  return 're2' in pattern ? `RE2 '${shown(pattern.re2)}'` : `glob '${shown(pattern.glob)}'`;
}

/** Why a pattern is none; undefined when it is one. */
function objectionTo(source: string, toRe2: () => string): string | undefined {
  if (source.length > MOST_CHARACTERS) {
    return `it has ${source.length} characters, allowed are ${MOST_CHARACTERS}; split it into a list`;
  }
  try {
    const size = RE2JS.compile(toRe2()).programSize();
    return size > MOST_INSTRUCTIONS
      ? `it compiles to ${size} instructions, allowed are ${MOST_INSTRUCTIONS}; repeat less or split it into a list`
      : undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

const MOST_SHOWN = 200;
const shown = (text: string): string => (text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text);
