import fc from 'fast-check';
import { LineSplitter } from '../../../services/gateway/split-lines';

function split(chunks: readonly Buffer[], mostBytes = 1_000) {
  const lines: string[] = [];
  const oversize: { bytes: number; kept: number }[] = [];
  const splitter = new LineSplitter(mostBytes, {
    onLine: (line) => lines.push(line.toString('utf8')),
    onOversize: (bytes, head) => oversize.push({ bytes, kept: head.length }),
  });
  for (const chunk of chunks) {
    splitter.push(chunk);
  }
  return { lines, oversize };
}

describe('line splitter', () => {
  test('gives the same lines however the bytes are cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'grapheme', maxLength: 20 }).map((text) => text.replaceAll(/[\r\n]/g, ''))),
        fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 10 }),
        (lines, cuts) => {
          const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
          const places = [0, ...cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b), bytes.length];
          const chunks = places.slice(1).map((end, index) => bytes.subarray(places[index], end));

          expect(split(chunks).lines).toEqual(lines.filter((line) => line !== ''));
        },
      ),
    );
  });

  test('hands out nothing of a line that is not finished', () => {
    expect(split([Buffer.from('{"a":1}\n{"b"')]).lines).toEqual(['{"a":1}']);
  });

  test('takes a line feed with or without a carriage return', () => {
    expect(split([Buffer.from('a\r\nb\n\r\n')]).lines).toEqual(['a', 'b']);
  });

  test('keeps little of a line that is too long, tells its length, and goes on after it', () => {
    const chunks = Array.from({ length: 100 }, () => Buffer.alloc(500, 0x61));

    const { lines, oversize } = split([...chunks, Buffer.from('\nnext\n')]);

    expect(lines).toEqual(['next']);
    expect(oversize).toEqual([{ bytes: 50_000, kept: 1_500 }]);
  });
});
