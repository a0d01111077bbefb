import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readStack } from '../stacks/config/stack-file';
import type { StackInputs } from '../stacks/release';

const PROJECT = join(__dirname, '..');

/**
 * What a stack is planned from, read from the project's files.
 *
 * @param configFile the stack's configuration, when it is not `Pulumi.<stack>.yaml`
 * @throws when the stack cannot be read, in one line
 */
export function readStackInputs(stack: string, configFile: string | undefined): StackInputs {
  const own = `Pulumi.${stack}.yaml`;
  return readStack(stack, (path) =>
    readFileSync(path === own && configFile !== undefined ? configFile : join(PROJECT, path), 'utf8'),
  );
}
