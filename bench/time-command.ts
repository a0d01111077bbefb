import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { z } from 'zod';

const ExitCode = z.object({ code: z.number() });
const PROJECT = `${__dirname}/..`;

/**
 * Runs a command in the project's folder and resolves to the seconds it took, its start and end included. Rejects with
 * what it printed when it ends with another exit code than those.
 */
export async function timeCommand(command: readonly string[], exitCodes: readonly number[] = [0]): Promise<number> {
  const [program = '', ...args] = command;
  const started = performance.now();
  try {
    await promisify(execFile)(program, args, { cwd: PROJECT, maxBuffer: 64 * 1024 * 1024 });
  } catch (error) {
    const ended = ExitCode.safeParse(error);
    if (!ended.success || !exitCodes.includes(ended.data.code)) {
      throw error;
    }
  }
  return (performance.now() - started) / 1000;
}
