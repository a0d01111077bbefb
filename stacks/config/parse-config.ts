import { z } from 'zod';
import { crossProblems } from './cross-check';
import { InvalidConfigError, type Problem, placeOf, shownValue, valueAt } from './problem';
import { ClusterConfig, CONFIG_KEYS } from './schema';
import { SECRET_KEYS } from './secrets';
import { allowedMessage, unknownKeyMessage } from './wording';

/** A configuration that was read: usable when there is no problem. */
export type CheckedConfig =
  | { readonly config: ClusterConfig; readonly problems: readonly [] }
  | { readonly config: undefined; readonly problems: readonly Problem[] };

/** Reads a raw stack config, keys without `seakeeper:`, and finds everything that is wrong with it by itself. */
export function checkClusterConfig(raw: unknown): CheckedConfig {
  const result = ClusterConfig.safeParse(raw, { error: wordingOf, reportInput: true });
  const problems = [...(result.error?.issues ?? []).flatMap((issue) => problemsOf(issue, raw)), ...crossProblems(raw)];
  return result.success && problems.length === 0
    ? { config: result.data, problems: [] }
    : { config: undefined, problems };
}

/** Reads a raw stack config. Throws one error that names every problem. */
export function parseClusterConfig(raw: unknown): ClusterConfig {
  const { config, problems } = checkClusterConfig(raw);
  if (config === undefined) throw new InvalidConfigError(problems);
  return config;
}

/** For unknown keys the message carries the known ones: an issue does not say what its object allows. */
const wordingOf: z.core.$ZodErrorMap = (issue) =>
  issue.code === 'unrecognized_keys' ? JSON.stringify(knownKeys(issue.inst)) : allowedMessage(issue);

function knownKeys(schema: unknown): string[] {
  if (schema === ClusterConfig) return [...CONFIG_KEYS, ...SECRET_KEYS];
  if (schema instanceof z.ZodObject) return Object.keys(schema.shape);
  if (schema instanceof z.ZodRecord && schema.keyType instanceof z.ZodEnum) return schema.keyType.options.map(String);
  return [];
}

function problemsOf(issue: z.core.$ZodIssue, raw: unknown): Problem[] {
  if (issue.code === 'unrecognized_keys') {
    const known = z.array(z.string()).parse(JSON.parse(issue.message));
    // Its value is not shown: nobody knows what a key that nobody knows holds.
    return issue.keys.map((key) => ({
      where: placeOf([...issue.path, key]),
      message: unknownKeyMessage(key, known),
    }));
  }
  const value = valueAt(raw, issue.path);
  const isName = issue.code === 'invalid_key';
  const got = value === undefined || isName ? '' : `; got ${shownValue(value, issue.path)}`;
  return [{ where: placeOf(issue.path), message: withGot(issue.message, got) }];
}

/** The hint comes last: it is what people do next. */
function withGot(message: string, got: string): string {
  const [said = '', ...hints] = message.split('; did you mean');
  return [`${said}${got}`, ...hints].join('; did you mean');
}
