import { AsyncLocalStorage } from 'node:async_hooks';
import { TransientError } from '../../../services/shared/errors';

const running = new AsyncLocalStorage<Process | undefined>();

/** The process whose code runs now; undefined: the world's. */
export const processNow = (): Process | undefined => running.getStore();

/** Runs something that belongs to no process, whoever caused it. */
export const outside = <Result>(work: () => Result): Result => running.run(undefined, work);

/**
 * One life of a service. Killed, it does nothing more: its timers do not fire, and what it waits for from outside never
 * comes, as little as a dead process sees an answer.
 */
export class Process {
  isAlive = true;
  private readonly callers = new Set<() => void>();

  constructor(
    readonly name: string,
    private readonly onKilled: () => void,
  ) {}

  run<Result>(work: () => Result): Result {
    return running.run(this, work);
  }

  kill(): void {
    if (this.isAlive) {
      this.isAlive = false;
      for (const hangUp of this.callers) {
        hangUp();
      }
      this.onKilled();
    }
  }

  /** Does something for a caller elsewhere, who is cut off when this process dies. */
  serve<Answer>(work: () => Promise<Answer>): Promise<Answer> {
    return new Promise<Answer>((resolve, reject) => {
      const hangUp = () => reject(new TransientError(`${this.name} does not answer`));
      if (!this.isAlive) {
        hangUp();
        return;
      }
      this.callers.add(hangUp);
      this.run(work)
        .then(resolve, reject)
        .finally(() => this.callers.delete(hangUp));
    });
  }

  /** Resolves at once in a living process, never in a dead one. */
  async aliveOnly(): Promise<void> {
    if (!this.isAlive) {
      await new Promise<never>(() => undefined);
    }
  }
}
