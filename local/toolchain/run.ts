import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { finished } from 'node:stream/promises';
import { CureError } from './cure-error';
import { diagnose } from './diagnose';

export interface RunOptions {
  /** What the command is for, for the error message. */
  readonly what: string;
  /** File that gets everything the command prints; overwritten. */
  readonly log: string;
  readonly cwd?: string;
  /** Added to our own environment. */
  readonly env?: Readonly<Record<string, string>>;
}

const ENDING = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Ends the child when we are told to end, so that no build goes on unseen; then we end as if nobody had listened. An
 * interrupt is what Go's tools clean up after.
 *
 * @returns stops listening
 */
function endWithUs(child: ChildProcess): () => void {
  const interrupt = () => child.kill('SIGINT');
  const end = (signal: NodeJS.Signals) => {
    interrupt();
    stop();
    // Whoever else listens decides; with no listener left the signal ends us.
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
  };
  function stop(): void {
    process.off('exit', interrupt);
    for (const signal of ENDING) process.off(signal, end);
  }
  process.on('exit', interrupt);
  for (const signal of ENDING) process.on(signal, end);
  return stop;
}

/**
 * Runs a command to its end.
 *
 * @throws CureError when it cannot start or fails, with the cure for the usual causes and the log's path otherwise
 */
export async function run(command: string, args: readonly string[], options: RunOptions): Promise<void> {
  mkdirSync(dirname(options.log), { recursive: true });
  const log = createWriteStream(options.log);
  // A full disk must not hide what the command says about it.
  log.on('error', () => {});
  const tail = new Tail();
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const stop = endWithUs(child);
  for (const output of [child.stdout, child.stderr]) {
    output.on('data', (chunk: Buffer) => {
      log.write(chunk);
      tail.add(chunk);
    });
  }
  const outcome = await new Promise<{ code: number | null; signal: string | null }>((resolve, reject) => {
    child.once('error', (cause) =>
      reject(new CureError(`${options.what}: cannot run "${command}"`, 'install it or put it on PATH', { cause })),
    );
    child.once('close', (code, signal) => resolve({ code, signal }));
  }).finally(async () => {
    stop();
    log.end();
    await finished(log).catch(() => {});
  });
  if (outcome.code === 0) return;
  const { problem, cure } = diagnose(tail.text());
  const how = outcome.signal === null ? `exit code ${outcome.code}` : outcome.signal;
  throw new CureError(
    `${options.what} failed (${how}): ${problem}`,
    cure ?? `everything it printed is in ${options.log}`,
  );
}

/** The last of what a command printed: enough to tell why it failed. */
class Tail {
  private static readonly BYTES = 256 * 1024;
  private kept = Buffer.alloc(0);

  add(chunk: Buffer): void {
    this.kept = Buffer.concat([this.kept, chunk]).subarray(-Tail.BYTES);
  }

  text(): string {
    return this.kept.toString('utf8');
  }
}
