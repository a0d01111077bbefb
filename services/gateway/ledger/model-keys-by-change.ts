import { changeOfKey } from '../../../core/event-key';

const NONE: readonly string[] = [];

/** Keys of events by the change they are about, in the order they came. */
export class KeysByChange {
  private readonly keys = new Map<number, string[]>();

  /** Takes a key that is not in it. One that is about a ref is not taken. */
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

  /** Oldest first. */
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
