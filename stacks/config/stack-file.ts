import { parse } from 'yaml';
import { z } from 'zod';
import type { StackInputs } from '../release';
import type { ReadText } from './read-text';
import { SECRET_KEYS } from './secrets';
import { stackInputs } from './stack-inputs';

const NAMESPACE = 'seakeeper:';

const Values = z.record(z.string(), z.unknown()).nullish();
const StackFile = z.object({ config: Values });
const ProjectFile = z.object({ config: Values });
/** A key of `Pulumi.yaml`: what a stack that says nothing gets is its default, or its fixed value. */
const Declared = z.object({ default: z.unknown().optional(), value: z.unknown().optional() });
/** How Pulumi writes an encrypted value. */
const Secure = z.strictObject({ secure: z.string() });

const secretKeys = new Set<string>(SECRET_KEYS);

/**
 * The raw configuration of a stack, keys without `seakeeper:`, as the engine would hand it to the program: what the
 * stack file says, else the default of `Pulumi.yaml`. Secrets are left out, so that no passphrase is needed.
 *
 * @throws when either text is not such a file
 */
export function readStackFile(stackYaml: string, projectYaml: string): Record<string, unknown> {
  const project = ProjectFile.parse(parse(projectYaml) ?? {});
  const stack = StackFile.parse(parse(stackYaml) ?? {});
  const defaults = Object.entries(project.config ?? {}).map(([key, declared]): [string, unknown] => {
    const { value, default: fallback } = Declared.safeParse(declared).data ?? {};
    return [key, value ?? fallback];
  });
  const values = [...defaults, ...Object.entries(stack.config ?? {})];
  return Object.fromEntries(values.flatMap(([key, value]) => plainEntry(key, value)));
}

/**
 * What a stack is planned from, by its files alone: no engine, passphrase, network or cluster.
 *
 * @param readText - reads `Pulumi.yaml`, `Pulumi.<stack>.yaml` and what that names, of the working tree or a revision
 * @throws when there is no such stack, or with every bad key named
 */
export function readStack(stack: string, readText: ReadText): StackInputs {
  return stackInputs(readStackFile(readConfiguration(stack, readText), readText('Pulumi.yaml')), readText);
}

function readConfiguration(stack: string, readText: ReadText): string {
  const file = `Pulumi.${stack}.yaml`;
  try {
    return readText(file);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(
      `stack '${stack}' is none here, for it has no ${file} (${reason}); write one or name another stack`,
      {
        cause: error,
      },
    );
  }
}

function plainEntry(fullKey: string, value: unknown): [string, unknown][] {
  const key = fullKey.startsWith(NAMESPACE) ? fullKey.slice(NAMESPACE.length) : undefined;
  const secret = key === undefined || secretKeys.has(key) || Secure.safeParse(value).success;
  return secret || value === undefined ? [] : [[key, value]];
}
