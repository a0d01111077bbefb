import { spawn } from 'node:child_process';

/** What a command is given besides its arguments. */
export interface RunOptions {
  readonly cwd?: string;
  /** Added to this process's environment. Secrets go here, never into arguments, which everybody can list. */
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  /** @default 60,000 */
  readonly deadlineMs?: number;
}

/** What a command said. */
export interface CommandOutput {
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command to its end. Rejects with its last words when it fails or its time is up. */
export function runCommand(command: string, args: readonly string[], options: RunOptions = {}): Promise<CommandOutput> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      env: { ...process.env, ...options.env },
      timeout: options.deadlineMs ?? 60_000,
      killSignal: 'SIGKILL',
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('error', (cause) => reject(new Error(`${command} cannot be started: ${cause.message}`, { cause })));
    child.on('close', (code, signal) => {
      if (code === 0) {
        resolve({ stdout, stderr });
        return;
      }
      const words = (stderr.trim() === '' ? stdout : stderr).trim().slice(-2_000);
      reject(new Error(`${command} ${args[0] ?? ''} ended with ${signal ?? code}: ${words}`));
    });
    // A command that ends without reading its input closes the pipe; its exit code says what happened.
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.stdin ?? '');
  });
}
