import { decodeFrames, encodeFrame, type Frame } from '../../../../services/gateway/ledger/decode-frame';
import type { LedgerRecord } from '../../../../services/gateway/ledger/model-record';

const cursor = (until: number): LedgerRecord => ({ kind: 'cursor', cursor: { floor: 0, until } });
const good = (frames: Iterable<Frame>) =>
  [...frames].map(({ record }) => record).filter((record) => record !== 'damaged');

describe('frames', () => {
  const records = [cursor(1), cursor(2), cursor(3)];
  const frames = records.map(encodeFrame);
  const bytes = Buffer.concat(frames);

  test('come back as they were written, with their places', () => {
    const decoded = [...decodeFrames(bytes)];

    expect(decoded.map(({ record }) => record)).toEqual(records);
    expect(decoded.at(-1)).toMatchObject({ offset: (frames[0]?.length ?? 0) + (frames[1]?.length ?? 0) });
  });

  test('of bytes cut anywhere are the whole ones before the cut', () => {
    const ends = frames.map((_, index) => Buffer.concat(frames.slice(0, index + 1)).length);

    for (let size = 0; size <= bytes.length; size++) {
      const whole = ends.filter((end) => end <= size).length;
      expect(good(decodeFrames(bytes.subarray(0, size)))).toEqual(records.slice(0, whole));
    }
  });

  test('with any bit of one flipped are the others', () => {
    const begin = frames[0]?.length ?? 0;
    for (let at = begin; at < begin + (frames[1]?.length ?? 0) - 1; at++) {
      const flipped = Buffer.from(bytes);
      flipped[at] = (flipped[at] ?? 0) ^ 0x40;
      expect(good(decodeFrames(flipped))).toEqual([records[0], records[2]]);
    }
  });

  test('of a kind that a newer gateway wrote are told as damaged and harm no other', () => {
    const newer = encodeFrame({ ...cursor(9), kind: 'newer' } as unknown as LedgerRecord);

    expect(good(decodeFrames(Buffer.concat([newer, ...frames])))).toEqual(records);
  });

  test('hold text of any kind on one line', () => {
    const record: LedgerRecord = {
      kind: 'raw-closed',
      id: 'a\nb\u2028"\ud83d\ude00',
      at: '2026-01-01T00:00:00.000Z',
      why: '\r\n',
    };

    expect(good(decodeFrames(encodeFrame(record)))).toEqual([record]);
  });
});
