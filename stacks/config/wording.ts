import { z } from 'zod';
import { hint } from './nearest-name';

type RawIssue = z.core.$ZodRawIssue;

const KINDS: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};
const FORMATS: Readonly<Record<string, string>> = {
  url: 'must be a URL, such as https://ci.example.org',
  date: 'must be a day, such as 2026-06-30',
};

/**
 * What is allowed, in plain words, for what zod found wrong; undefined where the schema's own message says it already.
 * Unknown keys are worded one by one, by `unknownKeyMessage`.
 */
export function allowedMessage(issue: RawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type': {
      const kind = issue.format === 'safeint' ? 'a whole number' : (KINDS[issue.expected] ?? issue.expected);
      return `${issue.input === undefined ? 'is missing: ' : ''}must be ${kind}`;
    }
    case 'invalid_value':
      return oneOf(issue.values.map(String), issue.input);
    case 'invalid_union':
      return optionsOf(issue).length > 0 ? oneOf(optionsOf(issue), discriminatorOf(issue)) : closest(issue.errors);
    case 'too_small':
      return sized(issue.origin, issue.inclusive === false ? 'more than' : 'at least', issue.minimum);
    case 'too_big':
      return sized(issue.origin, issue.inclusive === false ? 'less than' : 'at most', issue.maximum);
    case 'invalid_format':
      return FORMATS[issue.format];
    case 'invalid_key':
      return `is no valid name: ${issue.issues.map(({ message }) => message).join(', ')}`;
    default:
      return undefined;
  }
}

/** Says that a key is not known, which are, and which was probably meant. */
export function unknownKeyMessage(key: string, known: readonly string[]): string {
  return `is not known; allowed are: ${known.join(', ')}${hint(key, known)}`;
}

function oneOf(allowed: readonly string[], input: unknown): string {
  const text = allowed.length === 1 ? `must be ${allowed[0]}` : `must be one of: ${allowed.join(', ')}`;
  return `${text}${hint(input, allowed)}`;
}

/** What is wrong with the form that was probably meant: the first one of the right kind. All of them, when none is. */
function closest(forms: readonly (readonly z.core.$ZodIssue[])[]): string | undefined {
  const issues = forms.flatMap(([first]) => first ?? []);
  const meant = issues.find(({ code, path }) => code !== 'invalid_type' || path.length > 0);
  return meant === undefined ? [...new Set(issues.map(({ message }) => message))].join(', or ') : inside(meant);
}

/** An issue with its place inside the form. */
function inside(issue: z.core.$ZodIssue): string {
  const [key] = issue.code === 'unrecognized_keys' ? issue.keys : [];
  const message =
    key === undefined
      ? issue.message
      : `${key} ${unknownKeyMessage(key, z.array(z.string()).parse(JSON.parse(issue.message)))}`;
  return [...issue.path.map((part) => (typeof part === 'number' ? `entry ${part + 1}` : String(part))), message].join(
    ' ',
  );
}

function sized(origin: string, bound: string, limit: number | bigint): string {
  const unit: Readonly<Record<string, string>> = { string: 'characters', array: 'entries' };
  const noun = unit[origin];
  if (noun !== undefined && bound === 'at least' && limit === 1) return 'must not be empty';
  return noun === undefined ? `must be ${bound} ${limit}` : `must have ${bound} ${limit} ${noun}`;
}

const Discriminated = z.object({ options: z.array(z.string()), discriminator: z.string() });
const optionsOf = (issue: RawIssue): string[] => Discriminated.safeParse(issue).data?.options ?? [];

function discriminatorOf(issue: RawIssue): unknown {
  const key = Discriminated.safeParse(issue).data?.discriminator ?? '';
  return typeof issue.input === 'object' && issue.input !== null ? Reflect.get(issue.input, key) : undefined;
}
