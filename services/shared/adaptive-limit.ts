/** Milliseconds in which one burst of refusals counts as one. */
const ONE_CUT_MS = 1_000;

/**
 * How much may be under way at once: halved when the other side is overloaded, one more for each round that went well,
 * as TCP does. Between 1 and `most`.
 */
export class AdaptiveLimit {
  private limit: number;
  private cutAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly most: number,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.limit = most;
  }

  get current(): number {
    return Math.floor(this.limit);
  }

  succeeded(): void {
    this.limit = Math.min(this.most, this.limit + 1 / this.limit);
  }

  overloaded(): void {
    const now = this.now();
    if (now - this.cutAt >= ONE_CUT_MS) {
      this.cutAt = now;
      this.limit = Math.max(1, this.limit / 2);
    }
  }
}
