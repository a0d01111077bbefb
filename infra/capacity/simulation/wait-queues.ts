const NONE = -1;

/**
 * Builds that wait, one first-in-first-out queue a shape, as linked lists over the builds' own indices. Of builds with one
 * shape only the first need be tried: where it has no room, none of the others has.
 */
export class WaitQueues {
  private readonly next: Int32Array;
  private readonly heads: Int32Array;
  private readonly tails: Int32Array;
  private count = 0;

  constructor(builds: number, shapes: number) {
    this.next = new Int32Array(builds).fill(NONE);
    this.heads = new Int32Array(shapes).fill(NONE);
    this.tails = new Int32Array(shapes).fill(NONE);
  }

  /** Builds that wait, over all shapes. */
  get size(): number {
    return this.count;
  }

  /** First build of a shape; -1 when none waits. */
  first(shape: number): number {
    return this.heads[shape] ?? NONE;
  }

  /** Puts a build behind all others of its shape. */
  append(shape: number, build: number): void {
    const tail = this.tails[shape] ?? NONE;
    if (tail === NONE) this.heads[shape] = build;
    else this.next[tail] = build;
    this.next[build] = NONE;
    this.tails[shape] = build;
    this.count += 1;
  }

  /** Puts a build before all others of its shape: it has run before. */
  prepend(shape: number, build: number): void {
    const head = this.heads[shape] ?? NONE;
    this.next[build] = head;
    this.heads[shape] = build;
    if (head === NONE) this.tails[shape] = build;
    this.count += 1;
  }

  /** Takes the first build of a shape off. */
  shift(shape: number): void {
    const head = this.heads[shape] ?? NONE;
    if (head === NONE) return;
    const next = this.next[head] ?? NONE;
    this.heads[shape] = next;
    if (next === NONE) this.tails[shape] = NONE;
    this.count -= 1;
  }
}
