import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as pulumi from '@pulumi/pulumi';
import type { StackInputs } from '../release';
import { InvalidConfigError } from './problem';
import { CONFIG_KEYS } from './schema';
import { SECRET_KEYS, type SecretKey } from './secrets';
import { stackInputs } from './stack-inputs';

/** Reads one secret as an Output that stays secret. */
export type ReadSecret = (key: SecretKey) => pulumi.Output<string>;

/** What a stack is configured with. */
export interface StackConfig {
  readonly inputs: StackInputs;
  readonly secret: ReadSecret;
}

const known = new Set<string>([...CONFIG_KEYS, ...SECRET_KEYS]);

/** The stack's configuration, checked; the only reader of `pulumi.Config`. Throws with every bad key named. */
export function loadConfig(): StackConfig {
  const config = new pulumi.Config('seakeeper');
  const raw = Object.fromEntries(
    CONFIG_KEYS.flatMap((key) => {
      const text = config.get(key);
      return text === undefined ? [] : [[key, parsedOrText(text)]];
    }),
  );
  return {
    // Strict, so that a misspelt key is named instead of being a silent default.
    inputs: inputsOf({ ...raw, ...unknownKeys() }),
    secret: (key) => config.requireSecret(key),
  };
}

function inputsOf(raw: unknown): StackInputs {
  try {
    return stackInputs(raw, (path) => readFileSync(join(__dirname, '../..', path), 'utf8'));
  } catch (error) {
    // Of this kind Pulumi prints the message alone: a stack trace says nothing to whoever mistyped a key.
    throw error instanceof InvalidConfigError ? new pulumi.RunError(error.message) : error;
  }
}

/** A value as it was meant: what is no JSON is a string, and is then told what its key allows like any other. */
function parsedOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Keys the stack sets that nobody reads. */
function unknownKeys(): Record<string, unknown> {
  const names = Object.keys(pulumi.runtime.allConfig())
    .filter((key) => key.startsWith('seakeeper:'))
    .map((key) => key.slice('seakeeper:'.length));
  return Object.fromEntries(names.filter((key) => !known.has(key)).map((key) => [key, true]));
}
