/** The stream would have said a move by now: a connection that is dead without a word is given up before. Milliseconds. */
export const OVERDUE_MS = 60_000;

interface Difference {
  readonly from: string;
  readonly to: string;
  readonly since: number;
}

/** Refs that are elsewhere than we know, and since when we see them there. */
export class OverdueMoves {
  private readonly seen = new Map<string, Difference>();

  /** Whether a ref has been seen at `to` for so long that nobody will say how it came there. */
  isOverdue(ref: string, from: string, to: string, now: number): boolean {
    const before = this.seen.get(ref);
    if (before?.from !== from || before.to !== to) {
      this.seen.set(ref, { from, to, since: now });
      return false;
    }
    return now - before.since >= OVERDUE_MS;
  }

  /** The ref is where we know it. */
  forget(ref: string): void {
    this.seen.delete(ref);
  }
}
