import { execFile } from 'node:child_process';

/** Runs a program and resolves to what it printed. Rejects with one line: the command, its exit and its last words. */
export function runCommand(
  program: string,
  args: readonly string[],
  options: { input?: string; timeoutMs?: number } = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      program,
      [...args],
      { encoding: 'utf8', timeout: options.timeoutMs ?? 60_000, maxBuffer: 64 * 1024 * 1024 },
      (error, stdout, stderr) => {
        if (error === null) {
          resolve(stdout);
          return;
        }
        const reason = stderr.trim().split('\n').at(-1) || error.message;
        reject(new Error(`${program} ${args.join(' ')} failed (${error.code ?? error.signal}): ${reason}`));
      },
    );
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(options.input ?? '');
  });
}

/** Whether a program succeeds; what it prints is dropped. */
export async function succeeds(program: string, args: readonly string[]): Promise<boolean> {
  try {
    await runCommand(program, args);
    return true;
  } catch {
    return false;
  }
}
