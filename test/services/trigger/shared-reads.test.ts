import fc from 'fast-check';
import { SharedReads } from '../../../services/trigger/shared-reads';

/** A source whose reads end when they are let; each answer is when it began, by a clock that counts what happens. */
class SlowSource {
  now = 0;
  reads = 0;
  readonly underWay: (() => void)[] = [];

  readonly read = async (): Promise<number> => {
    const began = ++this.now;
    this.reads += 1;
    await new Promise<void>((resolve) => {
      this.underWay.push(resolve);
    });
    return began;
  };

  /** Lets the oldest read end. */
  async endOne(): Promise<void> {
    this.underWay.shift()?.();
    await new Promise(setImmediate);
  }
}

test('an answer is of a read that began after it was asked for, whatever the order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom('ask', 'end'), { maxLength: 40 }), async (steps) => {
      const source = new SlowSource();
      const reads = new SharedReads<number>();
      const asked: { at: number; answer: Promise<number> }[] = [];
      for (const step of steps) {
        if (step === 'ask') {
          asked.push({ at: ++source.now, answer: reads.read('a', source.read) });
        } else {
          await source.endOne();
        }
        expect(source.underWay.length).toBeLessThanOrEqual(1);
      }
      while (source.underWay.length > 0) await source.endOne();

      for (const { at, answer } of asked) expect(await answer).toBeGreaterThan(at);
    }),
  );
});

test('a hundred that ask at once make two reads, and who asks afterwards a third', async () => {
  const source = new SlowSource();
  const reads = new SharedReads<number>();

  const all = Array.from({ length: 100 }, () => reads.read('a', source.read));
  await source.endOne();
  await source.endOne();
  await Promise.all(all);
  expect(source.reads).toBe(2);

  const later = reads.read('a', source.read);
  await source.endOne();
  await later;
  expect(source.reads).toBe(3);
});

test('keys do not wait for each other', async () => {
  const source = new SlowSource();
  const reads = new SharedReads<number>();
  const all = ['a', 'b'].map((key) => reads.read(key, source.read));

  expect(source.underWay).toHaveLength(2);
  await source.endOne();
  await source.endOne();
  await Promise.all(all);
});

test('a read that fails fails those who shared it, and nobody after them', async () => {
  const reads = new SharedReads<number>();
  const failing = async () => {
    throw new Error('cannot be read');
  };
  const first = reads.read('a', failing);
  const shared = [reads.read('a', failing), reads.read('a', async () => 1)];

  for (const each of [first, ...shared]) await expect(each).rejects.toThrow('cannot be read');
  expect(await reads.read('a', async () => 2)).toBe(2);
});
