/** A binary heap whose entries are found by key: every change costs the logarithm of its size. */
export class IndexedHeap<Item> {
  private readonly heap: { key: string; item: Item }[] = [];
  private readonly places = new Map<string, number>();

  /** `compare` is negative when `one` goes first. */
  constructor(private readonly compare: (one: Item, other: Item) => number) {}

  get size(): number {
    return this.heap.length;
  }

  has(key: string): boolean {
    return this.places.has(key);
  }

  peek(): Item | undefined {
    return this.heap[0]?.item;
  }

  /** Adds an item, or puts it where it belongs now. */
  set(key: string, item: Item): void {
    const place = this.places.get(key) ?? this.heap.length;
    this.put({ key, item }, place);
    this.down(this.up(place));
  }

  delete(key: string): boolean {
    const place = this.places.get(key);
    const last = this.heap.at(-1);
    if (place === undefined || last === undefined) {
      return false;
    }
    this.heap.pop();
    this.places.delete(key);
    if (last.key !== key) {
      this.put(last, place);
      this.down(this.up(place));
    }
    return true;
  }

  /** All items, in their order; for people, not for every step. */
  sorted(): Item[] {
    return this.heap.map(({ item }) => item).sort(this.compare);
  }

  private put(entry: { key: string; item: Item }, place: number): void {
    this.heap[place] = entry;
    this.places.set(entry.key, place);
  }

  private up(from: number): number {
    let place = from;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (!this.swapIfFirst(place, parent)) {
        break;
      }
      place = parent;
    }
    return place;
  }

  private down(from: number): void {
    let place = from;
    for (;;) {
      const left = 2 * place + 1;
      const right = left + 1;
      const child = this.goesFirst(right, left) ? right : left;
      if (!this.swapIfFirst(child, place)) {
        return;
      }
      place = child;
    }
  }

  private goesFirst(place: number, other: number): boolean {
    const [one, two] = [this.heap[place], this.heap[other]];
    return one !== undefined && two !== undefined && this.compare(one.item, two.item) < 0;
  }

  private swapIfFirst(place: number, other: number): boolean {
    const [one, two] = [this.heap[place], this.heap[other]];
    if (one === undefined || two === undefined || this.compare(one.item, two.item) >= 0) {
      return false;
    }
    this.put(one, other);
    this.put(two, place);
    return true;
  }
}
