import type { Logger } from '../../shared/log';
import { decodeFrames } from './decode-frame';
import type { LedgerModel } from './model-ledger';
import type { SegmentStore } from './segment-store';

/** What a replay found that was not as it was written. */
export interface Damage {
  /** Bytes of a torn write, cut off. */
  readonly cutBytes: number;
  /** Records that cannot be read, with good ones behind them. */
  readonly records: number;
}

export interface ReplayOptions {
  readonly log: Logger;
  /** Not all that lies there is as it was written. */
  readonly onDamage?: (damage: Damage) => void;
}

/** Applies a segment's records; resolves to the length that is good, having cut off the rest. */
export async function replay(
  store: SegmentStore,
  segment: number,
  model: LedgerModel,
  { log, onDamage = () => undefined }: ReplayOptions,
): Promise<number> {
  const name = store.nameOf(segment);
  const bytes = await store.read(segment);
  let end = 0;
  const damaged: number[] = [];
  for (const { offset, length, record } of decodeFrames(bytes)) {
    if (record === 'damaged') {
      damaged.push(offset);
      continue;
    }
    model.apply(record, { segment, offset, length });
    end = offset + length;
  }
  const inside = damaged.filter((at) => at < end);
  for (const offset of inside) {
    log.error({ segment: name, offset }, 'ledger record is damaged and skipped; check the health of its volume');
  }
  if (end < bytes.length) {
    log.warn({ segment: name, bytes: bytes.length - end }, 'torn tail of the ledger cut off');
    await store.truncate(segment, end);
  }
  if (end < bytes.length || inside.length > 0) {
    onDamage({ cutBytes: bytes.length - end, records: inside.length });
  }
  return end;
}
