/** When something was first seen, and what it was. */
export interface Arrival<T> {
  /** Milliseconds on the clock of `performance.now()`. */
  readonly at: number;
  readonly what: T;
}

interface Waiting<T> {
  readonly resolve: (arrival: Arrival<T>) => void;
  readonly reject: (error: Error) => void;
}

/** First arrivals by key. A later one of the same key is a repeat and changes nothing. */
export class Arrivals<T> {
  private readonly first = new Map<string, Arrival<T>>();
  private readonly waiting = new Map<string, Waiting<T>[]>();
  private failure: Error | undefined;

  /** True: it is the first of its key. */
  note(key: string, what: T, at: number): boolean {
    if (this.first.has(key)) {
      return false;
    }
    const arrival = { at, what };
    this.first.set(key, arrival);
    for (const { resolve } of this.waiting.get(key) ?? []) {
      resolve(arrival);
    }
    this.waiting.delete(key);
    return true;
  }

  /** The first arrival of a key, past or to come. Rejects when nothing has come after `timeoutMs`, or nothing will. */
  async of(key: string, timeoutMs: number): Promise<Arrival<T>> {
    const past = this.first.get(key);
    if (past !== undefined) {
      return past;
    }
    if (this.failure !== undefined) {
      throw this.failure;
    }
    let timer: NodeJS.Timeout | undefined;
    const arrival = new Promise<Arrival<T>>((resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`${key}: not within ${timeoutMs / 1000} s`)), timeoutMs);
      this.waiting.set(key, [...(this.waiting.get(key) ?? []), { resolve, reject }]);
    });
    return arrival.finally(() => clearTimeout(timer));
  }

  /** Nothing will come any more: everybody who waits is told why. */
  fail(error: Error): void {
    this.failure = error;
    for (const { reject } of [...this.waiting.values()].flat()) {
      reject(error);
    }
    this.waiting.clear();
  }
}
