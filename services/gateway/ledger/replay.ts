import { readFile, truncate } from 'node:fs/promises';
import type { Logger } from '../../shared/log';
import { decodeFrames } from './decode-frame';
import type { LedgerModel } from './model-ledger';
import { segmentPath } from './segment-files';

/** Applies a segment's records; resolves to the length that is good, having cut off the rest. */
export async function replay(directory: string, segment: number, model: LedgerModel, log: Logger): Promise<number> {
  const path = segmentPath(directory, segment);
  const bytes = await readFile(path);
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
  for (const offset of damaged.filter((at) => at < end)) {
    log.error({ segment: path, offset }, 'ledger record is damaged and skipped; check the health of its volume');
  }
  if (end < bytes.length) {
    log.warn({ segment: path, bytes: bytes.length - end }, 'torn tail of the ledger cut off');
    await truncate(path, end);
  }
  return end;
}
