/**
 * Numbers from 0, each filed under one number: all of a bucket can be walked, the newest first. Eight to twelve bytes each, and
 * no object.
 */
export class SlotChains {
  /** By bucket, its newest slot and one more; 0: none. As many as a power of two. */
  private heads = new Int32Array(1024);
  /** By slot, the one before it in its bucket and one more. */
  private previous = new Int32Array(1024);
  private count = 0;

  constructor(
    /** What a slot is filed under. Any whole number. */
    private readonly hashOf: (slot: number) => number,
  ) {}

  /** Files the next slot: 0, then 1 and so on. */
  add(): void {
    if (this.count === this.previous.length) {
      this.grow();
    }
    this.file(this.count);
    this.count += 1;
  }

  /** Slots that may be filed under a number, the newest first; others of its bucket are among them. */
  *of(hash: number): Generator<number> {
    for (let next = this.heads[this.bucketOf(hash)] ?? 0; next !== 0; next = this.previous[next - 1] ?? 0) {
      yield next - 1;
    }
  }

  private file(slot: number): void {
    const bucket = this.bucketOf(this.hashOf(slot));
    this.previous[slot] = this.heads[bucket] ?? 0;
    this.heads[bucket] = slot + 1;
  }

  private bucketOf(hash: number): number {
    return hash & (this.heads.length - 1);
  }

  private grow(): void {
    this.heads = new Int32Array(this.heads.length * 2);
    this.previous = new Int32Array(this.previous.length * 2);
    for (let slot = 0; slot < this.count; slot++) {
      this.file(slot);
    }
  }
}
