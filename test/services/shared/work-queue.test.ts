import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { pino } from 'pino';
import { KubeError } from '../../../services/shared/kube-error';
import { WorkQueue } from '../../../services/shared/work-queue';

const log = pino({ level: 'silent' });

function recorder(work: (key: string, call: number) => Promise<number | undefined> = async () => undefined) {
  const calls: string[] = [];
  const active = new Map<string, number>();
  let mostActive = 0;
  let overlapped = false;
  const queue = new WorkQueue({
    log,
    concurrency: 2,
    firstBackoffMs: 5,
    mostBackoffMs: 20,
    work: async (key) => {
      calls.push(key);
      active.set(key, (active.get(key) ?? 0) + 1);
      mostActive = Math.max(
        mostActive,
        [...active.values()].reduce((sum, count) => sum + count, 0),
      );
      overlapped ||= (active.get(key) ?? 0) > 1;
      try {
        return await work(key, calls.filter((call) => call === key).length);
      } finally {
        active.set(key, (active.get(key) ?? 1) - 1);
      }
    },
  });
  return { queue, calls, mostActive: () => mostActive, overlapped: () => overlapped };
}

async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; !condition(); tries++) {
    if (tries > 400) {
      throw new Error('condition never held');
    }
    await sleep(5);
  }
}

describe('WorkQueue', () => {
  test('works on one key once at a time, and once more when it was added meanwhile', async () => {
    const { queue, calls, overlapped } = recorder(() => sleep(10).then(() => undefined));

    queue.add('a');
    queue.add('a');
    queue.add('a');
    await until(() => queue.size === 0);

    expect(calls).toEqual(['a', 'a']);
    expect(overlapped()).toBe(false);
  });

  test('works on no more keys at once than allowed', async () => {
    const { queue, calls, mostActive } = recorder(() => sleep(5).then(() => undefined));

    for (const key of ['a', 'b', 'c', 'd', 'e']) {
      queue.add(key);
    }
    await until(() => calls.length === 5 && queue.size === 0);

    expect(mostActive()).toBe(2);
  });

  test('tries a failed key again until it succeeds', async () => {
    const { queue, calls } = recorder(async (_key, call) => {
      if (call < 3) {
        throw new Error('not yet');
      }
      return undefined;
    });

    queue.add('a');
    await until(() => calls.length === 3);
    await sleep(50);

    expect(calls).toEqual(['a', 'a', 'a']);
  });

  test('calls again after the time the work asked for', async () => {
    const { queue, calls } = recorder(async (_key, call) => (call === 1 ? 1 : undefined));

    queue.add('a');
    await until(() => calls.length === 2);

    expect(calls).toEqual(['a', 'a']);
  });

  test('stops after what is running and takes nothing more', async () => {
    const { queue, calls } = recorder(() => sleep(10).then(() => undefined));

    queue.add('a');
    queue.add('b');
    queue.add('c');
    await queue.stop();
    queue.add('d');
    await sleep(20);

    expect(calls).toEqual(['a', 'b']);
  });

  test('does not come back to a key before the time the other side asked for, whatever happens meanwhile', async () => {
    const times: number[] = [];
    const { queue } = recorder(async (_key, call) => {
      times.push(performance.now());
      if (call === 1) {
        throw new KubeError(429, 'TooManyRequests', 'slow down', { retryAfterMs: 150 });
      }
      return undefined;
    });

    queue.add('a');
    await sleep(20);
    queue.add('a');
    await until(() => times.length === 2);

    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(149);
    expect(queue.delayed).toBe(0);
  });

  test('has fewer at once after a refusal for overload', async () => {
    let active = 0;
    let most = 0;
    const queue = new WorkQueue({
      log,
      concurrency: 8,
      firstBackoffMs: 1,
      work: async (key) => {
        active += 1;
        most = Math.max(most, active);
        await sleep(5);
        active -= 1;
        if (key === 'refused') {
          throw new KubeError(429, 'TooManyRequests', 'slow down', { retryAfterMs: 10_000 });
        }
        return undefined;
      },
    });
    queue.add('refused');
    await until(() => queue.delayed === 1);

    for (let index = 0; index < 12; index += 1) queue.add(`key-${index}`);
    await until(() => queue.size === 0);
    await queue.stop();

    // Half of 8, and at most one more for the round that went well meanwhile.
    expect(most).toBeGreaterThanOrEqual(4);
    expect(most).toBeLessThanOrEqual(5);
  });

  test('runs no key twice at once, loses no addition and comes to an end, whatever fails and when', async () => {
    const addition = fc.record({
      key: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
      lane: fc.constantFrom('fresh' as const, 'resync' as const),
      afterMs: fc.nat(6),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(addition, { maxLength: 25 }),
        fc.array(fc.record({ ms: fc.nat(4), fails: fc.boolean() }), { minLength: 1, maxLength: 10 }),
        fc.integer({ min: 1, max: 4 }),
        async (additions, outcomes, concurrency) => {
          // What is to be seen by the work (a version, raised by each addition) and what it saw last with success.
          const wanted = new Map<string, number>();
          const done = new Map<string, number>();
          const active = new Set<string>();
          let calls = 0;
          const queue = new WorkQueue({
            log,
            concurrency,
            firstBackoffMs: 1,
            mostBackoffMs: 4,
            retries: { perSecond: 10_000, burst: 100 },
            work: async (key) => {
              expect(active.has(key)).toBe(false);
              active.add(key);
              expect(active.size).toBeLessThanOrEqual(concurrency);
              const saw = wanted.get(key) ?? 0;
              const outcome = outcomes[calls % outcomes.length];
              calls += 1;
              await sleep(outcome?.ms ?? 0);
              active.delete(key);
              // Nothing fails for ever.
              if (outcome?.fails && calls < 100) {
                throw new Error('this time not');
              }
              done.set(key, saw);
              return undefined;
            },
          });
          for (const { key, lane, afterMs } of additions) {
            wanted.set(key, (wanted.get(key) ?? 0) + 1);
            queue.add(key, lane);
            if (afterMs > 3) await sleep(afterMs);
          }
          await until(() => queue.size === 0 && queue.delayed === 0);
          expect(done).toEqual(wanted);
          await queue.stop();
        },
      ),
      { numRuns: 40 },
    );
  });
});
