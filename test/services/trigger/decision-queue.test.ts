import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { DecisionQueue } from '../../../services/trigger/decision-queue';
import type { Pair } from '../../../services/trigger/ports';

const log = pino({ level: 'silent' });
const pair = (change: number, what: string, pipeline = 'check', type = 'patchset-created'): Pair => ({
  key: `local:${type}:demo:${change}:${what}`,
  pipeline,
  project: 'demo',
});
const whatOf = ({ key }: Pair): string => key.split(':').at(-1) ?? '';

async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; !condition(); tries++) {
    if (tries > 400) {
      throw new Error('condition never held');
    }
    await sleep(5);
  }
}

test('pairs of one change are decided one after the other, in their order, whatever their type', async () => {
  const log2: string[] = [];
  const queue = new DecisionQueue({
    log,
    decide: async (given) => {
      log2.push(`begin ${whatOf(given)}`);
      await sleep(5);
      log2.push(`end ${whatOf(given)}`);
      return undefined;
    },
  });

  queue.add(pair(1, 'a'));
  queue.add(pair(1, 'b', 'check', 'comment-added'));
  queue.add(pair(1, 'c'));

  await until(() => log2.length === 6);
  expect(log2).toEqual(['begin a', 'end a', 'begin b', 'end b', 'begin c', 'end c']);
});

test('a pair that asks for it at once is decided after those that wait before it, which are decided anew', async () => {
  const seen: string[] = [];
  const queue = new DecisionQueue({
    log,
    decide: async (given) => {
      const what = whatOf(given);
      const isFirst = !seen.includes('cancel');
      seen.push(what);
      return what === 'cancel' ? (isFirst ? 0 : undefined) : isFirst ? 'parked' : undefined;
    },
  });

  queue.add(pair(1, 'waits'));
  await until(() => seen.length === 1);
  await sleep(20);
  queue.add(pair(1, 'cancel', 'check', 'comment-added'));

  await until(() => seen.length === 5);
  expect(seen).toEqual(['waits', 'waits', 'cancel', 'waits', 'cancel']);
});

test('pairs of different changes and pipelines are decided at the same time', async () => {
  let running = 0;
  let most = 0;
  const queue = new DecisionQueue({
    log,
    decide: async () => {
      most = Math.max(most, ++running);
      await sleep(20);
      running--;
      return undefined;
    },
  });

  queue.add(pair(1, 'a'));
  queue.add(pair(2, 'a'));
  queue.add(pair(1, 'a', 'other'));

  await until(() => most === 3);
});

test('a pair that fails is tried again before those behind it, and holds up nobody else', async () => {
  const done: string[] = [];
  let failures = 2;
  const queue = new DecisionQueue({
    log,
    decide: async (given) => {
      if (whatOf(given) === 'bad' && failures-- > 0) {
        throw new Error('not now');
      }
      done.push(whatOf(given));
      return undefined;
    },
  });

  queue.add(pair(1, 'bad'));
  queue.add(pair(1, 'behind'));
  queue.add(pair(2, 'free'));

  await until(() => done.length === 3);
  expect(done).toEqual(['free', 'bad', 'behind']);
});

test('a pair that waits is asked again after its wait', async () => {
  let asked = 0;
  const queue = new DecisionQueue({ log, decide: async () => (++asked < 3 ? 10 : undefined) });

  queue.add(pair(1, 'a'));

  await until(() => asked === 3);
});

test('a pair is taken once, however often it is delivered', async () => {
  let decided = 0;
  const queue = new DecisionQueue({
    log,
    decide: async () => {
      await sleep(5);
      decided++;
      return undefined;
    },
  });

  expect(queue.add(pair(1, 'a'))).toBe('received');
  expect(queue.add(pair(1, 'a'))).toBe('received');
  await until(() => decided === 1);
  await sleep(5);

  expect(queue.add(pair(1, 'a'))).toBe('decided');
  expect(decided).toBe(1);
});

test('a pair that the ledger hands on anew long after it was decided is decided again: the ledger was brought back from a backup', async () => {
  let decided = 0;
  let now = 0;
  const decide = async () => {
    decided++;
    return undefined;
  };
  const queue = new DecisionQueue({ log, now: () => now, decide });
  queue.add(pair(1, 'a'));
  await until(() => decided === 1);
  await sleep(5);

  now = 31_000;

  expect(queue.add(pair(1, 'a'))).toBe('received');
  await until(() => decided === 2);
});

test('stopping lets the running decision end and begins no other', async () => {
  const done: string[] = [];
  const queue = new DecisionQueue({
    log,
    decide: async (given) => {
      await sleep(20);
      done.push(whatOf(given));
      return undefined;
    },
  });
  queue.add(pair(1, 'a'));
  queue.add(pair(1, 'b'));

  await queue.stop();

  expect(done).toEqual(['a']);
});

describe('a pair that is parked', () => {
  test('holds up nobody behind it, and is decided anew before what comes after it', async () => {
    const asked: string[] = [];
    const queue = new DecisionQueue({
      log,
      decide: async (given) => {
        asked.push(whatOf(given));
        return whatOf(given) === 'parked' && asked.length < 3 ? 'parked' : undefined;
      },
    });

    queue.add(pair(1, 'parked'));
    await until(() => asked.length === 1);
    await sleep(5);
    queue.add(pair(1, 'later'));
    await until(() => asked.length === 3);
    await sleep(5);
    queue.wake(pair(1, 'parked'));

    await until(() => asked.length === 4);
    expect(asked).toEqual(['parked', 'parked', 'later', 'parked']);
  });

  test('is decided anew when it is woken, and not because it is sent again', async () => {
    let asked = 0;
    const queue = new DecisionQueue({ log, decide: async () => (++asked < 2 ? 'parked' : undefined) });
    queue.add(pair(1, 'a'));
    await until(() => asked === 1);

    expect(queue.add(pair(1, 'a'))).toBe('received');
    await sleep(20);
    expect(asked).toBe(1);
    queue.wake(pair(1, 'a'));

    await until(() => asked === 2);
  });
});
