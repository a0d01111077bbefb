import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { rotateLog } from './log-rotation';
import type { ProcessStatus, SupervisorPlan } from './process-spec';
import { startLayers, stopLayers } from './start-order';
import { SupervisedProcess } from './supervised-process';

const STEP_MS = 50;
const ROTATE_EVERY_MS = 30_000;

/** Starts the processes of a plan in order, keeps them running, and stops them in reverse order. */
export class Supervisor {
  private readonly processes: ReadonlyMap<string, SupervisedProcess>;
  private stopped: Promise<void> | undefined;

  constructor(
    private readonly plan: SupervisorPlan,
    /** Ends the containers once the processes that would restart them are gone. */
    private readonly endContainers: () => Promise<void>,
  ) {
    startLayers(plan.processes);
    mkdirSync(plan.logs, { recursive: true, mode: 0o700 });
    this.processes = new Map(plan.processes.map((spec) => [spec.name, new SupervisedProcess(spec, plan.logs)]));
  }

  get stopping(): boolean {
    return this.stopped !== undefined;
  }

  status(): ProcessStatus[] {
    return [...this.processes.values()].map((process) => process.status());
  }

  /** Starts every process as soon as those it comes after are ready; resolves when all have been started. */
  async start(): Promise<void> {
    void this.rotateLogs();
    const waiting = new Set(this.processes.values());
    while (waiting.size > 0 && !this.stopping) {
      for (const process of waiting) {
        if (process.spec.after.every((name) => this.processes.get(name)?.ready() === true)) {
          process.start();
          waiting.delete(process);
        }
      }
      await sleep(STEP_MS);
    }
  }

  /** Stops everything; the second caller waits for the first. */
  stop(): Promise<void> {
    this.stopped ??= this.stopAll();
    return this.stopped;
  }

  private async stopAll(): Promise<void> {
    // The kubelet first: it would start again what is ended next.
    await this.processes.get('kubelet')?.stop();
    await this.endContainers();
    for (const layer of stopLayers(this.plan.processes)) {
      await Promise.all(layer.map((name) => this.processes.get(name)?.stop()));
    }
  }

  private async rotateLogs(): Promise<void> {
    while (!this.stopping) {
      for (const name of this.processes.keys()) {
        rotateLog(join(this.plan.logs, `${name}.log`));
      }
      await sleep(ROTATE_EVERY_MS, undefined, { ref: false });
    }
  }
}
