import { createHash } from 'node:crypto';
import { isAtLeast, type LedgerPosition } from './model-position';
import type { SegmentStore } from './segment-store';

/** A ledger as far as it is on disk. */
export interface ShippedLedger {
  readonly store: SegmentStore;
  /** Oldest segment there is. */
  readonly first: number;
  readonly end: LedgerPosition;
}

/** Whole records, and where they belong. */
export interface Chunk {
  readonly at: LedgerPosition;
  readonly bytes: Buffer;
}

/** What comes next after `from`, to the end of one segment at most; undefined when nothing does yet. */
export async function readOn({ store, end }: ShippedLedger, from: LedgerPosition): Promise<Chunk | undefined> {
  if (from.segment === end.segment) {
    const length = end.offset - from.offset;
    return length > 0 ? { at: from, bytes: await store.readLocation({ ...from, length }) } : undefined;
  }
  const whole = await store.read(from.segment);
  return whole.length > from.offset
    ? { at: from, bytes: whole.subarray(from.offset) }
    : readOn({ store, first: from.segment + 1, end }, { segment: from.segment + 1, offset: 0 });
}

/** Where a copy that is empty begins. */
export function startOf({ first }: ShippedLedger): LedgerPosition {
  return { segment: first, offset: 0 };
}

/** SHA-256 of the beginning of a segment. */
export async function hashPrefix(store: SegmentStore, { segment, offset }: LedgerPosition): Promise<string> {
  const bytes = await store.readLocation({ segment, offset: 0, length: offset });
  return createHash('sha256').update(bytes).digest('hex');
}

/**
 * Whether a copy that ends at `position` is a beginning of this ledger. Segments begin with a record that is unlike any
 * other, so who has the same last segment has the same ones before it.
 */
export async function isBeginning(
  { store, first, end }: ShippedLedger,
  position: LedgerPosition,
  sha256: string,
): Promise<boolean> {
  if (position.segment < first || !isAtLeast(end, position)) {
    return false;
  }
  if (position.segment < end.segment && (await store.read(position.segment)).length < position.offset) {
    return false;
  }
  return (await hashPrefix(store, position)) === sha256;
}
