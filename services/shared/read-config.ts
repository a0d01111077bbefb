import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { z } from 'zod';
import { CONFIG_FILE, SECRETS_DIRECTORY } from '../../core/service-config';
import { messageOf, TerminalError } from './errors';

/** Reads and checks a service's config file; names every bad key at once. Throws `TerminalError`. */
export function readConfig<T>(schema: z.ZodType<T>): T {
  const path = process.env['SEAKEEPER_CONFIG_FILE'] ?? CONFIG_FILE;
  let raw: unknown;
  try {
    raw = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new TerminalError(`config ${path} cannot be read: ${messageOf(error)}; mount the service's ConfigMap there`);
  }
  const result = schema.safeParse(raw);
  if (result.success) {
    return result.data;
  }
  const problems = result.error.issues.map((issue) => `${issue.path.join('.') || '(root)'}: ${issue.message}`);
  throw new TerminalError(`config ${path} is invalid: ${problems.join('; ')}`);
}

/** Reads one mounted secret, without a trailing newline. Throws `TerminalError` that names the file, never the value. */
export function readSecret(name: string): string {
  const path = join(process.env['SEAKEEPER_SECRETS_DIRECTORY'] ?? SECRETS_DIRECTORY, name);
  let value: string;
  try {
    value = readFileSync(path, 'utf8');
  } catch (error) {
    throw new TerminalError(`secret ${path} cannot be read: ${messageOf(error)}; mount the service's Secret there`);
  }
  return name.endsWith('-key') && value.includes('PRIVATE KEY') ? value : value.trimEnd();
}
