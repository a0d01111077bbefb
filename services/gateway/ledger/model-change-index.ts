import { changeOfKey } from '../../../core/event-key';

const NONE: readonly string[] = [];

/** Keys of a ledger's events by the number of their change, in the order they came. Keys only, which the ledger holds anyway. */
export class ChangeIndex {
  private readonly keys = new Map<number, string[]>();

  /** Takes a key that is not in it; one that is about a ref is nobody's. */
  add(key: string): void {
    const change = changeOfKey(key);
    if (change === undefined) {
      return;
    }
    const known = this.keys.get(change);
    if (known === undefined) {
      this.keys.set(change, [key]);
    } else {
      known.push(key);
    }
  }

  of(change: number): readonly string[] {
    return this.keys.get(change) ?? NONE;
  }

  /** Forgets every key but those that are still there. */
  keepOnly(isThere: (key: string) => boolean): void {
    for (const [change, keys] of this.keys) {
      const left = keys.filter(isThere);
      if (left.length === 0) {
        this.keys.delete(change);
      } else if (left.length < keys.length) {
        this.keys.set(change, left);
      }
    }
  }
}
