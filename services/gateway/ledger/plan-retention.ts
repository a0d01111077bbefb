/** A closed segment and when the newest record in it was written (milliseconds since 1970). */
export interface ClosedSegment {
  readonly segment: number;
  readonly newestAt: number;
}

/**
 * The last segment that may be deleted, all older ones with it; undefined when none may. A segment in use stays, and
 * so does every younger one: what is on disk stays one unbroken stretch.
 */
export function planRetention(
  segments: readonly ClosedSegment[],
  inUse: ReadonlySet<number>,
  keepAfter: number,
): number | undefined {
  let last: number | undefined;
  for (const { segment, newestAt } of segments) {
    if (inUse.has(segment) || newestAt >= keepAfter) {
      break;
    }
    last = segment;
  }
  return last;
}
