import { EventReference } from '../../../core/decision';
import { gatewayConfig } from './fixtures';
import { readDisk, violationsAtRest } from './invariants';
import { comeToRest } from './run-schedule';
import { World } from './world';

const OUTAGE_MS = 3_600_000;
/** More than are handed on at a time. */
const CHANGES = gatewayConfig.window + 50;
/** Waits double from 3 s up to 60 s. */
const MOST_SENDS_A_PAIR = 5 + OUTAGE_MS / 60_000;
/** With the bus back, a run that waits for its turn is sent again once in a minute or so. */
const MOST_SENDS_AFTERWARDS = 6;

jest.setTimeout(180_000);

interface Sent {
  readonly key: string;
  readonly at: number;
}

let world: World;
let sent: Sent[];
let uninstall: () => void;

beforeEach(async () => {
  world = new World(11);
  sent = [];
  const { bus, clock } = world;
  const publish = bus.publish.bind(bus);
  bus.publish = (payload) => {
    sent.push({ key: EventReference.parse(JSON.parse(payload)).key, at: clock.now });
    publish(payload);
  };
  uninstall = clock.install(world.random.next);
  world.start();
  await clock.advanceUntil(() => readDisk(world.disk).some(({ kind }) => kind === 'cursor'), 60_000);
  await clock.advance(1_000);
});

afterEach(() => {
  world.stop();
  uninstall();
});

/** Changes, of which every tenth has an older patch set and a comment that starts nothing. */
async function push(count: number): Promise<void> {
  for (let index = 0; index < count; index++) {
    world.gerrit.push();
    const change = world.gerrit.changes.at(-1);
    if (index % 10 === 0 && change !== undefined) {
      world.gerrit.pushPatchSet(change);
      world.gerrit.comment(change, 'hello', false);
    }
    await world.clock.advance(200);
  }
  // What is read again at every sweep are the last two minutes up to the last update: those shall be few.
  await world.clock.advance(180_000);
  world.gerrit.push();
}

test('what is filtered is never sent again, and by the gateway never at all', async () => {
  await push(40);
  expect(await comeToRest(world)).toBe(true);
  // As long as the longest wait before something is sent again, many times.
  await world.clock.advance(OUTAGE_MS);

  const records = readDisk(world.disk);
  const byGateway = records.flatMap((record) =>
    record.kind === 'event' && !Object.values(record.verdicts).includes('pass') ? [record.key] : [],
  );
  const filtered = records.filter((record) => record.kind === 'decision' && record.decision.kind === 'filtered');
  expect({ byGateway: byGateway.length, byTrigger: filtered.length }).toEqual({ byGateway: 4, byTrigger: 4 });
  expect(sent.filter(({ key }) => byGateway.includes(key))).toEqual([]);
  expect(sentAfterDecision()).toEqual([]);
});

test('an hour without the bus does not flood it, and afterwards everything is decided once', async () => {
  const began = world.clock.now;
  world.bus.loses = Number.POSITIVE_INFINITY;
  await push(CHANGES);
  await world.clock.advance(began + OUTAGE_MS - world.clock.now);

  const during = countByKey(sent);
  expect(during.size).toBe(gatewayConfig.window);
  expect(Math.max(...during.values())).toBeLessThanOrEqual(MOST_SENDS_A_PAIR);
  expect(mostInAMinute(sent.filter(({ at }) => at > began + 5 * 60_000))).toBeLessThanOrEqual(gatewayConfig.window);

  sent = [];
  world.bus.loses = 0;
  expect(await comeToRest(world)).toBe(true);
  expect(violationsAtRest(world)).toEqual([]);
  expect(sentAfterDecision()).toEqual([]);
  expect(Math.max(...countByKey(sent).values())).toBeLessThanOrEqual(MOST_SENDS_AFTERWARDS);
});

/** What was sent though a decision was on disk. */
function sentAfterDecision(): Sent[] {
  const decidedAt = new Map<string, number>();
  for (const record of readDisk(world.disk)) {
    if (record.kind === 'decision' && record.decision.kind !== 'queued') {
      decidedAt.set(record.key, Date.parse(record.at));
    }
  }
  // A sending takes a moment, in which the decision on an earlier one may fall.
  return sent.filter(({ key, at }) => at > (decidedAt.get(key) ?? at) + 1_000);
}

function countByKey(list: readonly Sent[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { key } of list) {
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

/** The most that was sent within any minute. */
function mostInAMinute(list: readonly Sent[]): number {
  let first = 0;
  return list.reduce((most, { at }, index) => {
    while (at - (list[first]?.at ?? at) >= 60_000) first += 1;
    return Math.max(most, index - first + 1);
  }, 0);
}
