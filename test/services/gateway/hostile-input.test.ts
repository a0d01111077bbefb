import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { eventKey } from '../../../core/event-key';
import type { GerritEvent } from '../../../core/gerrit-event';
import { GerritIntake } from '../../../services/gateway/gerrit-intake';
import { metrics } from '../../../services/gateway/metrics';
import { LineSplitter } from '../../../services/gateway/split-lines';
import { MOST_LINE_BYTES } from '../../../services/gateway/ssh-stream-source';
import {
  type Core,
  created,
  filter,
  OneChange,
  removeFolder,
  SERVER,
  silent,
  startCore,
  until,
} from './gateway-fixture';

const MIB = 1024 * 1024;
const RECHECKS = 1_000;
const UPDATES = 1_000_000;
setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');
const json = JSON.stringify(created(1));

let core: Core;
let intake: GerritIntake;
let stream: LineSplitter;
let gaps: number;
let gerrit: OneChange;

beforeEach(async () => {
  gaps = 0;
  gerrit = new OneChange();
  core = await startCore();
  intake = new GerritIntake({
    server: SERVER,
    filter,
    ledger: core.ledger,
    handOn: core.handOn,
    gerrit,
    onGap: () => {
      gaps += 1;
    },
    log: silent,
  });
  stream = new LineSplitter(MOST_LINE_BYTES, {
    onLine: (line) => intake.takeLine(line),
    onOversize: (bytes, head) => intake.takeOversize(bytes, head),
  });
});
afterEach(async () => {
  await intake.stop();
  await core.close();
  removeFolder(core.directory);
});

const say = (text: string | Buffer) => stream.push(Buffer.concat([Buffer.from(text), Buffer.from('\n')]));
/** Says an event that must arrive whatever was said before it. */
async function sayBehind(number = 9): Promise<void> {
  say(JSON.stringify(created(number)));
  const key = eventKey(SERVER, created(number)) ?? '';
  await until('the event behind', () => core.sent.find((reference) => reference.key === key));
}
const quarantined = () => core.ledger.quarantined().map(({ why }) => why);

describe('what is no event is kept aside and listed, and what comes behind it is not lost:', () => {
  test.each<[what: string, line: string | Buffer, why: string]>([
    ['bytes that are no text', Buffer.concat([Buffer.from(json.slice(0, -1)), Buffer.from([0xff, 0x7d])]), 'not UTF-8'],
    ['half a character', Buffer.from('{"type":"patchset-created","x":"é"}').subarray(0, -3), 'not UTF-8'],
    ['a NUL', json.replace('demo', 'de\0mo'), 'not JSON'],
    ['a byte order mark', `\ufeff${json}`, 'not JSON'],
    ['a truncated event', json.slice(0, -5), 'not JSON'],
    ['two events in a line', json + json, 'not JSON'],
    ['a number beyond all numbers', `{"eventCreatedOn":1e400,${json.slice(1)}`, 'eventCreatedOn: '],
    ['nothing but depth', '['.repeat(10_000), 'not JSON'],
    [
      'depth where a word should be',
      json.replace('"demo"', '['.repeat(10_000) + ']'.repeat(10_000)),
      'change.project: ',
    ],
    ['no object', 'null', 'event: '],
    ['an event without a type', json.replace('"type"', '"kind"'), 'type: '],
    ['an event without its change', '{"type":"patchset-created"}', 'patchset-created without its change'],
  ])('%s', async (_what, line, why) => {
    say(line);
    await sayBehind();

    expect(quarantined()).toEqual([expect.stringContaining(why)]);
    expect(gaps).toBe(1);
  });
});

describe('what is odd and yet an event is taken as it is:', () => {
  test.each<[what: string, line: string]>([
    ['a line that ends in CR LF', `${json}\r`],
    ['unknown members, nested deep', `{"x":${'['.repeat(10_000)}${']'.repeat(10_000)},${json.slice(1)}`],
    ['a member __proto__', `{"__proto__":{"isPolluted":true},"constructor":{"prototype":{}},${json.slice(1)}`],
    ['a change number that is a text', json.replace('"number":1', '"number":"1"')],
    ['a lone surrogate and an escaped NUL', `{"comment":"\\ud800 \\u0000",${json.slice(1)}`],
    ['a member twice', `{"type":"ref-updated",${json.slice(1)}`],
  ])('%s', async (_what, line) => {
    say(line);
    await sayBehind();

    const key = eventKey(SERVER, created(1)) ?? '';
    const stored = await core.ledger.events.find(key);
    expect(stored?.event.type).toBe('patchset-created');
    expect(Object.keys(stored?.event ?? {})).not.toContain('__proto__');
    expect({}).not.toHaveProperty('isPolluted');
    expect(quarantined()).toEqual([]);
  });
});

test.each(['__proto__', 'constructor', 'toString', 'topic-changed'])('events of type %s are noise', async (type) => {
  say(json.replace('patchset-created', type));
  await sayBehind();

  expect(quarantined()).toEqual([]);
  expect([...core.ledger.undecided()]).toHaveLength(1);
});

test('a line of 10 MB is kept aside with its size, and the next one is heard', async () => {
  stream.push(Buffer.alloc(10 * MIB, 0x61));
  stream.push(Buffer.from('\n'));
  await sayBehind();

  expect(core.ledger.quarantined()).toMatchObject([{ bytes: 10 * MIB, why: 'line too long', head: 'a'.repeat(128) }]);
});

test('a line of 50 MB takes no more memory than the longest line there may be', async () => {
  const held = () => {
    // The second finishes what the first has begun.
    collectGarbage();
    collectGarbage();
    return process.memoryUsage().arrayBuffers;
  };
  const before = held();
  for (let chunk = 0; chunk < 50 * 16; chunk++) {
    stream.push(Buffer.alloc(MIB / 16, 0x61));
  }
  const most = held() - before;
  stream.push(Buffer.from('\n'));
  await sayBehind();

  expect(most).toBeLessThan(MOST_LINE_BYTES + MIB);
  expect(core.ledger.quarantined()).toMatchObject([{ bytes: 50 * MIB }]);
});

test('a million updates of refs/changes/*/meta leave nothing behind, on disk or in memory', async () => {
  const noise = async () => (await metrics.noise.get()).values[0]?.value ?? 0;
  const before = await noise();
  const heap = () => {
    collectGarbage();
    return process.memoryUsage().heapUsed;
  };
  const heapBefore = heap();
  let most = 0;
  for (let number = 0; number < UPDATES; number++) {
    const refName = `refs/changes/${number % 100}/${number}/meta`;
    say(`{"type":"ref-updated","refUpdate":{"project":"demo","refName":"${refName}","oldRev":"0","newRev":"1"}}`);
    if (number % (UPDATES / 10) === 0) {
      most = Math.max(most, heap() - heapBefore);
    }
  }
  expect(core.ledger.backlogBytes).toBe(0);
  await sayBehind();

  expect((await noise()) - before).toBe(UPDATES);
  expect(most).toBeLessThan(8 * MIB);
  expect([...core.ledger.undecided()]).toHaveLength(1);
}, 300_000);

test('1,000 rechecks in a minute each become one event, by a handful of questions, and hold up nobody', async () => {
  const date = new Date().toISOString();
  gerrit.messages = Array.from({ length: RECHECKS }, (_, index) => ({
    id: `m${index}`,
    message: 'Patch Set 1:\n\nrecheck',
    author: { username: 'alice' },
    date,
    _revision_number: 1,
  }));
  const recheck: GerritEvent = {
    ...created(1),
    type: 'comment-added',
    author: { username: 'alice' },
    comment: 'Patch Set 1:\n\nrecheck',
    eventCreatedOn: Math.floor(Date.now() / 1000),
  };
  for (let count = 0; count < RECHECKS; count++) {
    say(JSON.stringify(recheck));
  }
  await sayBehind();
  await until('all of them', () => [...core.ledger.undecided()].length === RECHECKS + 1);

  expect(core.ledger.openRaws()).toEqual([]);
  expect(gerrit.lookups).toBeLessThanOrEqual(5);
});

test('of a flood of garbage the last hundred are listed, in a restarted gateway too', async () => {
  for (let count = 0; count < 1_000; count++) {
    say(`garbage ${count}\\`);
  }
  await sayBehind();
  await intake.stop();
  await core.close();
  core = await startCore(core.directory);

  expect(core.ledger.quarantined()).toHaveLength(100);
  expect(core.ledger.quarantined().at(-1)).toMatchObject({ head: 'garbage 999\\x5c', why: 'not JSON', segment: 1 });
});
