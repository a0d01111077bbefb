import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';
import type { ProcessSpecInput } from '../cluster/supervisor/process-spec';

const START_DEADLINE_MS = 120_000;
const STOP_DEADLINE_MS = 60_000;

/** A Gerrit that runs as our child, without the local cluster's supervisor. */
export interface RunningGerrit {
  readonly pid: number;
  /** Resolves with the exit code when it has ended, by whomever. */
  readonly ended: Promise<number>;
  /** Asks it to end and waits until it has. */
  stop(): Promise<void>;
}

/**
 * Starts Gerrit and resolves when it serves. Ends with our own process. Rejects when it ends before it serves or takes
 * too long; `logFile` has its words.
 */
export async function runGerrit(spec: ProcessSpecInput, logFile: string): Promise<RunningGerrit> {
  if (spec.probe?.kind !== 'http') throw new Error('Gerrit is probed over HTTP');
  const { url } = spec.probe;
  if (await serves(url)) {
    throw new Error(`something serves at ${url} already; stop it or choose other ports`);
  }
  const child = launch(spec, logFile);
  const endWithUs = () => child.kill('SIGTERM');
  process.once('exit', endWithUs);
  const ended = once(child, 'exit').then(([code]) => {
    process.removeListener('exit', endWithUs);
    return typeof code === 'number' ? code : 1;
  });
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    const killer = setTimeout(() => child.kill('SIGKILL'), STOP_DEADLINE_MS);
    await ended;
    clearTimeout(killer);
  };
  try {
    await untilServing(url, child, logFile);
  } catch (error) {
    await stop();
    throw error;
  }
  return { pid: child.pid ?? 0, ended, stop };
}

function launch(spec: ProcessSpecInput, logFile: string): ChildProcess {
  const log = openSync(logFile, 'a');
  const [command = '', ...args] = spec.command;
  try {
    return spawn(command, args, {
      env: { ...process.env, ...spec.env },
      cwd: spec.cwd,
      stdio: ['ignore', log, log],
    });
  } finally {
    closeSync(log);
  }
}

async function untilServing(url: string, child: ChildProcess, logFile: string): Promise<void> {
  const deadline = Date.now() + START_DEADLINE_MS;
  while (!(await serves(url))) {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`Gerrit ended before it served; its last words are in ${logFile}`);
    if (Date.now() > deadline)
      throw new Error(`${url} does not answer after ${START_DEADLINE_MS / 1000} s; see ${logFile}`);
    await sleep(100);
  }
}

async function serves(url: string): Promise<boolean> {
  const answer = await request(url, { signal: AbortSignal.timeout(5_000) }).catch(() => undefined);
  await answer?.body.dump();
  return answer?.statusCode === 200;
}
