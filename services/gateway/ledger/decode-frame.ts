import { crc32 } from 'node:zlib';
import { LedgerRecord } from './model-record';

const LF = 0x0a;
const CRC_DIGITS = 8;

/** One record as it lies on disk: eight hex digits of CRC-32, a space, JSON, a line feed. JSON text holds no line feed. */
export function encodeFrame(record: LedgerRecord): Buffer {
  const json = Buffer.from(JSON.stringify(record));
  return Buffer.concat([
    Buffer.from(`${crc32(json).toString(16).padStart(CRC_DIGITS, '0')} `),
    json,
    Buffer.from('\n'),
  ]);
}

/** A line of a segment: its place in bytes and its record; `damaged` when the checksum or the shape is wrong. */
export interface Frame {
  readonly offset: number;
  readonly length: number;
  readonly record: LedgerRecord | 'damaged';
}

/**
 * Lines of a segment in order, whole ones only. `end` of the last good one is where a torn tail begins: a crash leaves
 * a part of the last write behind, and nothing in it was ever confirmed to anybody.
 */
export function* decodeFrames(bytes: Buffer): Generator<Frame> {
  let offset = 0;
  for (let end = bytes.indexOf(LF, offset); end !== -1; end = bytes.indexOf(LF, offset)) {
    yield { offset, length: end + 1 - offset, record: decodeFrame(bytes.subarray(offset, end)) };
    offset = end + 1;
  }
}

/** The record of one line without its line feed. */
export function decodeFrame(line: Buffer): LedgerRecord | 'damaged' {
  const json = line.subarray(CRC_DIGITS + 1);
  const head = line.subarray(0, CRC_DIGITS + 1).toString('latin1');
  if (!/^[0-9a-f]{8} $/.test(head) || crc32(json) !== Number.parseInt(head, 16)) {
    return 'damaged';
  }
  const parsed = LedgerRecord.safeParse(parseJson(json.toString('utf8')));
  return parsed.success ? parsed.data : 'damaged';
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
