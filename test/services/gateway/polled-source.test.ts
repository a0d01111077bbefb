import type { RecoveredEvent } from '../../../services/gateway/gerrit-source';
import { PolledSource } from '../../../services/gateway/polled-source';
import { created, silent, until } from './gateway-fixture';

let stopping: AbortController;
let running: Promise<void> | undefined;
let readings: number;

beforeEach(() => {
  stopping = new AbortController();
  readings = 0;
});
afterEach(async () => {
  stopping.abort();
  await running;
});

function start(read: () => Promise<RecoveredEvent[]>, everyMs = 60_000): { source: PolledSource; recovered: number[] } {
  const recovered: number[] = [];
  const source = new PolledSource(
    {
      name: 'rest',
      read: () => {
        readings += 1;
        return read();
      },
    },
    { everyMs, log: silent, onRecovered: (events) => recovered.push(events.length) },
  );
  running = source.run(stopping.signal);
  return { source, recovered };
}

test('is read at the start, from time to time, and says what it recovered', async () => {
  const found = [[], [{ event: created(1), at: 0 }]];
  const { recovered } = start(async () => found.shift() ?? [], 1);

  await until('readings', () => readings > 3);
  expect(recovered).toEqual([1]);
});

test('is read at once when something may have been missed', async () => {
  const { source } = start(async () => []);
  await until('the first reading', () => readings === 1);

  source.request();

  await until('another one', () => readings === 2);
});

test('is read once more after a request that came during a reading', async () => {
  let finish = () => {};
  const { source } = start(() =>
    readings === 1 ? new Promise((resolve) => (finish = () => resolve([]))) : Promise.resolve([]),
  );
  await until('the first reading', () => readings === 1);
  source.request();
  source.request();
  finish();

  await until('another one', () => readings === 2);
});

test('is read again soon after a failure, for ever', async () => {
  start(() => (readings < 3 ? Promise.reject(new Error('away')) : Promise.resolve([])));

  await until('the third reading', () => readings === 3);
});
