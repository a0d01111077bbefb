import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DiskSegments } from '../../../../services/gateway/ledger/disk-segments';
import { HeardEvents } from '../../../../services/gateway/replication/heard-events';
import { created, removeFolder, silent } from '../gateway-fixture';

let directory: string;
let now: number;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'heard-'));
  now = Date.now();
});
afterEach(() => removeFolder(directory));

const open = () =>
  HeardEvents.open({
    store: new DiskSegments(directory),
    log: silent,
    onFailure: (error) => {
      throw error;
    },
    now: () => now,
  });
const line = (event: object) => Buffer.from(JSON.stringify(event));
const revisions = async (heard: HeardEvents) => (await heard.takeAll()).map(({ patchSet }) => patchSet?.revision);

test('what a standby heard is there after it died, in order, and is taken once', async () => {
  const first = await open();
  first.onLine(line(created(1, 'a'.repeat(40))));
  first.onLine(line(created(2, 'b'.repeat(40))));
  await first.close();

  const second = await open();
  second.onLine(line(created(3, 'c'.repeat(40))));
  expect(await revisions(second)).toEqual(['a'.repeat(40), 'b'.repeat(40), 'c'.repeat(40)]);

  const third = await open();
  expect(await revisions(third)).toEqual([]);
});

test('what is old by then is not: REST has brought it', async () => {
  const heard = await open();
  heard.onLine(line(created(1)));
  await heard.settle();
  now += 11 * 60_000;
  heard.onLine(line(created(2, 'b'.repeat(40))));

  expect(await revisions(heard)).toEqual(['b'.repeat(40)]);
});

test('comments are left to REST, and what is no event to the leader', async () => {
  const heard = await open();
  const comment = { ...created(1), type: 'comment-added', author: { username: 'ada' }, comment: 'recheck' };
  heard.onLine(line(comment));
  heard.onLine(Buffer.from('no JSON'));
  heard.onLine(Buffer.from([0xff, 0xfe]));

  expect(await heard.takeAll()).toEqual([]);
});
