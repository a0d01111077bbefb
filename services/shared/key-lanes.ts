/** Fresh work goes before what a resync brings, but does not starve it. */
export type Lane = 'fresh' | 'resync';

/** So many fresh keys are taken for one of the resync, while there are both. */
const FRESH_PER_RESYNC = 4;

/** Keys that wait, each once, first come first served in each lane. Adding and taking need constant time. */
export class KeyLanes {
  private readonly laneOf = new Map<string, Lane>();
  private readonly lanes: Record<Lane, Fifo> = { fresh: new Fifo(), resync: new Fifo() };
  private freshInARow = 0;

  get size(): number {
    return this.laneOf.size;
  }

  /** A key that waits already moves only from the resync to the fresh ones. */
  add(key: string, lane: Lane): void {
    const present = this.laneOf.get(key);
    if (present === lane || present === 'fresh') {
      return;
    }
    this.laneOf.set(key, lane);
    this.lanes[lane].push(key);
  }

  take(): string | undefined {
    const first: Lane = this.freshInARow < FRESH_PER_RESYNC ? 'fresh' : 'resync';
    return this.takeFrom(first) ?? this.takeFrom(first === 'fresh' ? 'resync' : 'fresh');
  }

  clear(): void {
    this.laneOf.clear();
  }

  private takeFrom(lane: Lane): string | undefined {
    for (let key = this.lanes[lane].shift(); key !== undefined; key = this.lanes[lane].shift()) {
      // A key that moved to the other lane left its place here behind.
      if (this.laneOf.get(key) === lane) {
        this.laneOf.delete(key);
        this.freshInARow = lane === 'fresh' ? this.freshInARow + 1 : 0;
        return key;
      }
    }
    return undefined;
  }
}

/** An array with a moving front: `shift` of an array of 100,000 moves them all. */
class Fifo {
  private items: string[] = [];
  private front = 0;

  push(item: string): void {
    this.items.push(item);
  }

  shift(): string | undefined {
    const item = this.items[this.front];
    if (item === undefined) {
      this.items = [];
      this.front = 0;
      return undefined;
    }
    this.front += 1;
    if (this.front > 1024 && this.front * 2 > this.items.length) {
      this.items = this.items.slice(this.front);
      this.front = 0;
    }
    return item;
  }
}
