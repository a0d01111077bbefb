import timers from 'node:timers';
import timersPromises from 'node:timers/promises';
import { type Process, processNow } from './process';

const realSetImmediate = setImmediate;

interface Timer {
  readonly at: number;
  readonly order: number;
  /** Undefined: the world's own. */
  readonly owner: Process | undefined;
  readonly fire: () => void;
  readonly everyMs: number | undefined;
}

/** What code gets back from `setTimeout`: enough to clear it. */
class Handle {
  constructor(public timer: Timer | undefined) {}
  ref = () => this;
  unref = () => this;
  hasRef = () => true;
}

/**
 * Time that passes only when a test says so, for everything in this realm: `Date.now`, `performance.now`, timers, and
 * the promises of `node:timers/promises`. Timers of a process that was killed never fire.
 */
export class VirtualClock {
  private readonly waiting: Timer[] = [];
  private orders = 0;

  constructor(public now: number) {}

  /** Puts itself in time's place; the answer undoes it. `random` takes the place of `Math.random`. */
  install(random: () => number): () => void {
    const performanceNow = () => this.now;
    const sleep = (ms: number, value: unknown, { signal }: { signal?: AbortSignal } = {}) =>
      new Promise((resolve, reject) => {
        const handle = this.start(() => {
          signal?.removeEventListener('abort', onAbort);
          resolve(value);
        }, ms);
        const onAbort = () => {
          this.clear(handle);
          reject(signal?.reason);
        };
        if (signal?.aborted === true) {
          onAbort();
        }
        signal?.addEventListener('abort', onAbort, { once: true });
      });
    const every = (work: (...given: unknown[]) => void, ms: number, ...given: unknown[]) =>
      this.start(() => work(...given), ms, ms);
    const once = (work: (...given: unknown[]) => void, ms = 0, ...given: unknown[]) =>
      this.start(() => work(...given), ms);
    const clear = (handle: unknown) => this.clear(handle);
    const undo = [
      replace(globalThis, 'setTimeout', once),
      replace(globalThis, 'setInterval', every),
      replace(globalThis, 'clearTimeout', clear),
      replace(globalThis, 'clearInterval', clear),
      replace(globalThis, 'performance', { now: performanceNow }),
      replace(Date, 'now', () => this.now),
      replace(Math, 'random', random),
      replace(timers, 'setInterval', every),
      replace(timersPromises, 'setTimeout', sleep),
    ];
    return () => {
      for (const restore of undo.reverse()) {
        restore();
      }
    };
  }

  start(fire: () => void, ms: number, everyMs?: number): Handle {
    const handle = new Handle(undefined);
    this.insert(handle, fire, this.now + Math.max(0, ms || 0), everyMs, processNow());
    return handle;
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.start(resolve, ms));
  }

  /** Lets time pass, timer by timer, each with all that follows from it. */
  async advance(ms: number): Promise<void> {
    await this.advanceUntil(() => false, ms);
  }

  /** As `advance`, but stops as soon as something is so; resolves to whether it is. */
  async advanceUntil(isSo: () => boolean, mostMs: number): Promise<boolean> {
    const end = this.now + mostMs;
    await settle();
    for (;;) {
      if (isSo()) {
        return true;
      }
      const next = this.waiting[0];
      if (next === undefined || next.at > end) {
        this.now = end;
        return false;
      }
      this.waiting.shift();
      this.now = next.at;
      if (next.owner === undefined) {
        next.fire();
        await settle();
      } else if (next.owner.isAlive) {
        next.owner.run(next.fire);
        await settle();
      }
    }
  }

  private insert(
    handle: Handle,
    work: () => void,
    at: number,
    everyMs: number | undefined,
    owner: Process | undefined,
  ): void {
    const fire = () => {
      handle.timer = undefined;
      if (everyMs !== undefined) {
        this.insert(handle, work, at + everyMs, everyMs, owner);
      }
      work();
    };
    const timer: Timer = { at, order: this.orders++, owner, fire, everyMs };
    handle.timer = timer;
    let index = this.waiting.length;
    for (let before = this.waiting[index - 1]; before !== undefined && before.at > at; ) {
      index -= 1;
      before = this.waiting[index - 1];
    }
    this.waiting.splice(index, 0, timer);
  }

  clear(handle: unknown): void {
    if (handle instanceof Handle && handle.timer !== undefined) {
      const index = this.waiting.indexOf(handle.timer);
      if (index !== -1) {
        this.waiting.splice(index, 1);
      }
      handle.timer = undefined;
    }
  }
}

/** Lets everything go on that waits for no timer: a turn of the event loop, and all its microtasks are done. */
function settle(): Promise<void> {
  return new Promise((resolve) => realSetImmediate(resolve));
}

function replace(target: object, name: string, value: unknown): () => void {
  const before = Object.getOwnPropertyDescriptor(target, name);
  Object.defineProperty(target, name, { value, configurable: true, writable: true, enumerable: true });
  return () => {
    if (before === undefined) {
      Reflect.deleteProperty(target, name);
    } else {
      Object.defineProperty(target, name, before);
    }
  };
}
