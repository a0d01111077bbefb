import { LedgerModel } from './model-ledger';
import type { LedgerPosition } from './model-position';
import type { ClosedSegment } from './plan-retention';
import { type ReplayOptions, replay } from './replay';
import type { SegmentStore } from './segment-store';

/** A store that is held, and what its segments say. */
export interface ReadSegments {
  readonly lock: { release: () => Promise<void> };
  readonly model: LedgerModel;
  /** Segments that are written no more, oldest first. */
  readonly closed: ClosedSegment[];
  /** Where the last segment ends; offset 0 when there is none, or one without its first record. */
  readonly end: LedgerPosition;
}

/** Takes the store, reads what is there and cuts a torn tail off. Rejects with `TerminalError` if it is in use. */
export async function readSegments(store: SegmentStore, options: ReplayOptions): Promise<ReadSegments> {
  const lock = await store.lock();
  return { lock, ...(await replayAll(store, options)) };
}

/** Reads a store that is held already. */
export async function replayAll(store: SegmentStore, options: ReplayOptions): Promise<Omit<ReadSegments, 'lock'>> {
  const model = new LedgerModel();
  const closed: ClosedSegment[] = [];
  let end: LedgerPosition = { segment: 0, offset: 0 };
  for (const segment of await store.list()) {
    end = { segment, offset: await replay(store, segment, model, options) };
    closed.push({ segment, newestAt: await store.writtenAt(segment) });
  }
  closed.pop();
  return { model, closed, end };
}
