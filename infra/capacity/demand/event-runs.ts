import { EVENT_WIDTH, type EventTable, type EventTaker } from './event-table';

/** Somewhere for numbers that memory has no room for: a file. Owned and closed by who made it. */
export interface NumberStore {
  /** Appends all of them. */
  append(values: Float64Array): void;
  /** Fills `into` with the numbers from an index on, as many as are there. */
  read(from: number, into: Float64Array): void;
}

/** Events in one write, and read ahead of each run. */
const BLOCK_EVENTS = 8192;

/** Sorted runs of events in a store, and their merge. Memory: a block a run. */
export class EventRuns {
  readonly #store: NumberStore;
  readonly #runs: { readonly from: number; readonly to: number }[] = [];
  #length = 0;

  constructor(store: NumberStore) {
    this.#store = store;
  }

  get count(): number {
    return this.#runs.length;
  }

  /** Writes the events of some builds as a run. */
  write(events: EventTable): void {
    const block = new Float64Array(BLOCK_EVENTS * EVENT_WIDTH);
    const from = this.#length;
    let filled = 0;
    const flush = () => {
      this.#store.append(block.subarray(0, filled));
      this.#length += filled;
      filled = 0;
    };
    events.inOrder((ms, signedPool, milliCores, bytes) => {
      block[filled++] = ms;
      block[filled++] = signedPool;
      block[filled++] = milliCores;
      block[filled++] = bytes;
      if (filled === block.length) flush();
    });
    flush();
    this.#runs.push({ from, to: this.#length });
  }

  /** Hands on the events of all runs in order of time. */
  inOrder(take: EventTaker): void {
    const heap = this.#runs.map(({ from, to }) => new RunCursor(this.#store, from, to)).filter(({ isOver }) => !isOver);
    for (let at = (heap.length >> 1) - 1; at >= 0; at--) siftDown(heap, at);
    for (let first = heap[0]; first !== undefined; first = heap[0]) {
      first.handOn(take);
      if (first.isOver) {
        const last = heap.pop();
        if (last !== undefined && last !== first) heap[0] = last;
      }
      siftDown(heap, 0);
    }
  }
}

/** Where the merge is in a run. */
class RunCursor {
  /** Time of the next event. */
  ms = 0;
  isOver = false;
  readonly #store: NumberStore;
  readonly #to: number;
  #next: number;
  #block = new Float64Array(0);
  #at = 0;

  constructor(store: NumberStore, from: number, to: number) {
    this.#store = store;
    this.#next = from;
    this.#to = to;
    this.#settle();
  }

  /** Hands on the next event and goes on to the one after. */
  handOn(take: EventTaker): void {
    const [block, at] = [this.#block, this.#at];
    take(this.ms, block[at + 1] ?? 0, block[at + 2] ?? 0, block[at + 3] ?? 0);
    this.#at += EVENT_WIDTH;
    this.#settle();
  }

  #settle(): void {
    if (this.#at === this.#block.length) {
      this.#block = new Float64Array(Math.min(BLOCK_EVENTS * EVENT_WIDTH, this.#to - this.#next));
      this.#at = 0;
      if (this.#block.length === 0) {
        this.isOver = true;
        return;
      }
      this.#store.read(this.#next, this.#block);
      this.#next += this.#block.length;
    }
    this.ms = this.#block[this.#at] ?? 0;
  }
}

/** Puts the cursor at an index of the heap below those with earlier events. */
function siftDown(heap: RunCursor[], from: number): void {
  const sinking = heap[from];
  if (sinking === undefined) return;
  let at = from;
  for (;;) {
    let child = 2 * at + 1;
    const right = heap[child + 1];
    if (right !== undefined && right.ms < (heap[child]?.ms ?? 0)) child++;
    const earlier = heap[child];
    if (earlier === undefined || earlier.ms >= sinking.ms) break;
    heap[at] = earlier;
    at = child;
  }
  heap[at] = sinking;
}
