import type { LogCursor } from '../ledger/model-record';

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
/** The plug-in writes 100 rows every two seconds and no more. */
const ROWS_A_SECOND = 50;
/** The plug-in writes a row up to so late: 10,000 may wait to be written. */
const OVERLAP_MS = 5 * MINUTE_MS;
/** Rows that come back after an outage of the plug-in's database have their old times. */
const RESCAN_BACK_MS = 24 * 60 * MINUTE_MS;

/** A stretch of time in whole seconds, both ends in it. Milliseconds since 1970. */
export interface TimeSlice {
  readonly from: number;
  readonly to: number;
}

/** Where a reading begins, and where the wide one does that also finds rows which came back late. */
export interface LogReading {
  readonly fillFrom: number;
  readonly rescanFrom: number;
}

/** @param oldest - what is older may have been forgotten by the ledger, and would be new to it */
export function planLogReading({ floor, until }: LogCursor, oldest: number): LogReading {
  const back = (ms: number) => Math.max(floor, oldest, until - ms);
  return { fillFrom: back(OVERLAP_MS), rescanFrom: back(RESCAN_BACK_MS) };
}

/**
 * The slices from the first whole second of a reading on, up to that of another: each as long as the plug-in's limit surely has room for, and none across a full
 * minute, where clocks are changed: on the server's clock its end would come before its beginning.
 */
export function* planSlices(from: number, before: number, returnLimit: number): Generator<TimeSlice> {
  const most = Math.max(1, Math.floor(returnLimit / ROWS_A_SECOND)) * SECOND_MS;
  const end = nextSecond(before);
  for (let start = nextSecond(from); start < end; ) {
    const minute = (Math.floor(start / MINUTE_MS) + 1) * MINUTE_MS;
    const next = Math.min(start + most, minute, end);
    yield { from: start, to: next - SECOND_MS };
    start = next;
  }
}

/** Both halves of a slice; undefined: it is a single second. */
export function halveSlice({ from, to }: TimeSlice): readonly [TimeSlice, TimeSlice] | undefined {
  if (to <= from) {
    return undefined;
  }
  const middle = nextSecond(from + (to - SECOND_MS - from) / 2);
  return [
    { from, to: middle },
    { from: middle + SECOND_MS, to },
  ];
}

/**
 * Whether an answer may lack rows. The plug-in takes the oldest of a slice up to its limit and only then leaves out what we
 * may not see, so an answer far below the limit can be cut too: half of it is counted as full.
 */
export const mayBeCut = (rows: number, returnLimit: number): boolean => rows * 2 >= returnLimit;

/** The first whole second that is not before a moment. */
const nextSecond = (ms: number): number => Math.ceil(ms / SECOND_MS) * SECOND_MS;
