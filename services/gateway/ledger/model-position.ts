/** A place between two records. Bytes. */
export interface LedgerPosition {
  readonly segment: number;
  readonly offset: number;
}

/** Whether one place is at or behind another. */
export function isAtLeast(place: LedgerPosition, other: LedgerPosition): boolean {
  return place.segment > other.segment || (place.segment === other.segment && place.offset >= other.offset);
}
