const FIRST_CAPACITY = 1024;

/** A binary heap of events, the earliest on top, in typed arrays: a million are held and moved without an object each. */
export class EventHeap {
  private times = new Float64Array(FIRST_CAPACITY);
  private items = new Int32Array(FIRST_CAPACITY);
  private count = 0;

  get size(): number {
    return this.count;
  }

  /** Time of the earliest event; infinity when there is none. */
  get earliest(): number {
    return this.count === 0 ? Number.POSITIVE_INFINITY : (this.times[0] ?? 0);
  }

  push(time: number, item: number): void {
    if (this.count === this.times.length) this.grow();
    let at = this.count;
    this.count += 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = this.times[parent] ?? 0;
      if (above <= time) break;
      this.put(at, above, this.items[parent] ?? 0);
      at = parent;
    }
    this.put(at, time, item);
  }

  /** Takes the earliest event off and returns its item. Throws when there is none. */
  pop(): number {
    if (this.count === 0) throw new Error('the heap is empty');
    const top = this.items[0] ?? 0;
    this.count -= 1;
    this.sink(this.times[this.count] ?? 0, this.items[this.count] ?? 0);
    return top;
  }

  private sink(time: number, item: number): void {
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= this.count) break;
      if (child + 1 < this.count && (this.times[child + 1] ?? 0) < (this.times[child] ?? 0)) child += 1;
      const below = this.times[child] ?? 0;
      if (below >= time) break;
      this.put(at, below, this.items[child] ?? 0);
      at = child;
    }
    this.put(at, time, item);
  }

  private put(at: number, time: number, item: number): void {
    this.times[at] = time;
    this.items[at] = item;
  }

  private grow(): void {
    const times = new Float64Array(this.times.length * 2);
    const items = new Int32Array(this.items.length * 2);
    times.set(this.times);
    items.set(this.items);
    this.times = times;
    this.items = items;
  }
}
