import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { probe } from './probe';
import { isReady, type ProcessSpec, type ProcessStatus } from './process-spec';
import { FIRST_START, nextRestart } from './restart-policy';

const PROBE_EVERY_MS = 150;
const HEALTH_EVERY_MS = 5_000;
/** Failed health checks in a row after which a living process is restarted. */
const HEALTH_FAILURES = 6;

/**
 * Keeps one process running: starts it, waits until its probe answers, watches it, and starts it again with a growing
 * delay when it dies or stops answering.
 */
export class SupervisedProcess {
  private child: ChildProcess | undefined;
  private state: ProcessStatus['state'] = 'waiting';
  private restarts = 0;
  private lastExit: string | undefined;
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;

  constructor(
    readonly spec: ProcessSpec,
    private readonly logs: string,
  ) {}

  status(): ProcessStatus {
    return {
      name: this.spec.name,
      state: this.state,
      ...(this.child?.pid === undefined ? {} : { pid: this.child.pid }),
      restarts: this.restarts,
      ...(this.lastExit === undefined ? {} : { lastExit: this.lastExit }),
    };
  }

  ready(): boolean {
    return isReady({ state: this.state });
  }

  /** Begins to keep the process running; returns at once. */
  start(): void {
    this.running ??= this.keepRunning();
  }

  /** Ends the process, by force after its grace time, and resolves when it is gone. */
  async stop(): Promise<void> {
    this.stopping.abort();
    const { child } = this;
    if (child !== undefined && child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM');
      const killer = setTimeout(() => child.kill('SIGKILL'), this.spec.stopGraceSeconds * 1000);
      await this.running;
      clearTimeout(killer);
    } else {
      await this.running;
    }
    this.state = 'stopped';
  }

  private async keepRunning(): Promise<void> {
    let history = FIRST_START;
    while (!this.stopping.signal.aborted) {
      const startedAt = Date.now();
      const exit = await this.runOnce();
      this.child = undefined;
      if (this.stopping.signal.aborted) {
        return;
      }
      if (this.spec.kind === 'task' && exit === 'exit code 0') {
        this.state = 'finished';
        return;
      }
      this.lastExit = exit;
      this.restarts++;
      this.state = 'backing-off';
      const restart = nextRestart(history, Date.now() - startedAt);
      history = restart.history;
      this.note(`ended (${exit}); starting again in ${restart.delayMs} ms`);
      await sleep(restart.delayMs, undefined, { signal: this.stopping.signal }).catch(() => undefined);
    }
  }

  /** Starts the process once and resolves with how it ended. */
  private async runOnce(): Promise<string> {
    const { command, env, cwd } = this.spec;
    const [program = '', ...args] = command;
    const log = openSync(this.logPath(), 'a', 0o600);
    this.state = 'starting';
    const child = spawn(program, args, {
      stdio: ['ignore', log, log],
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env },
      ...(cwd === undefined ? {} : { cwd }),
    });
    closeSync(log);
    this.child = child;
    const ended = new AbortController();
    const exit = new Promise<string>((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('exit', (code, signal) => resolve(signal === null ? `exit code ${code}` : `signal ${signal}`));
    }).finally(() => ended.abort());
    if (this.spec.kind === 'daemon') {
      void this.watch(child, ended.signal);
    }
    return exit;
  }

  /** Follows the probe until the process ends; kills it when it has stopped answering for good. */
  private async watch(child: ChildProcess, ended: AbortSignal): Promise<void> {
    const startedAt = Date.now();
    let failures = 0;
    while (!ended.aborted) {
      const serves = this.spec.probe === undefined || (await probe(this.spec.probe));
      if (ended.aborted) {
        return;
      }
      failures = serves ? 0 : failures + 1;
      this.state = stateAfterProbe(this.state, serves);
      if (this.isGivenUp(failures, Date.now() - startedAt)) {
        this.note('does not answer its health check; ending it');
        child.kill('SIGKILL');
        return;
      }
      const pauseMs = this.state === 'starting' ? PROBE_EVERY_MS : HEALTH_EVERY_MS;
      await sleep(pauseMs, undefined, { signal: ended }).catch(() => undefined);
    }
  }

  private isGivenUp(failures: number, livedMs: number): boolean {
    return this.state === 'starting' ? livedMs > this.spec.startGraceSeconds * 1000 : failures >= HEALTH_FAILURES;
  }

  private logPath(): string {
    return join(this.logs, `${this.spec.name}.log`);
  }

  /** Writes a line of ours into the log of the process, where its reader looks for the reason. */
  private note(line: string): void {
    const log = openSync(this.logPath(), 'a', 0o600);
    writeSync(log, `supervisor: ${new Date().toISOString()} ${this.spec.name} ${line}\n`);
    closeSync(log);
  }
}

/** A process that has served once is unhealthy, not starting, when it stops answering. */
function stateAfterProbe(state: ProcessStatus['state'], serves: boolean): ProcessStatus['state'] {
  if (serves) {
    return 'ready';
  }
  return state === 'starting' ? 'starting' : 'unhealthy';
}
