/**
 * Reads that many ask for at once, made no oftener than they must be: an answer is that of a read which began after it was
 * asked for, so nobody is told what was true before. However many ask, a key has one read under way and one that waits.
 */
export class SharedReads<T> {
  private readonly lanes = new Map<string, Lane<T>>();

  /** Resolves as `make` does, or rejects; of several that ask for a key in the same moment, with what one of them made. */
  read(key: string, make: () => Promise<T>): Promise<T> {
    const lane = this.lanes.get(key);
    if (lane === undefined) {
      return this.begin(key, make);
    }
    lane.next ??= lane.running.then(
      () => this.begin(key, make),
      () => this.begin(key, make),
    );
    return lane.next;
  }

  private begin(key: string, make: () => Promise<T>): Promise<T> {
    const lane: Lane<T> = { running: make(), next: undefined };
    this.lanes.set(key, lane);
    const end = () => {
      if (lane.next === undefined) {
        this.lanes.delete(key);
      }
    };
    lane.running.then(end, end);
    return lane.running;
  }
}

interface Lane<T> {
  readonly running: Promise<T>;
  /** Asked for while the other was under way. */
  next: Promise<T> | undefined;
}
