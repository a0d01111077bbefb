import { pino } from 'pino';
import { eventKey } from '../../../../core/event-key';
import type { GerritEvent } from '../../../../core/gerrit-event';
import { EventsLogClient } from '../../../../services/gateway/events-log/events-log-client';
import { EventsLogSource } from '../../../../services/gateway/events-log/events-log-source';
import { GerritIntake } from '../../../../services/gateway/gerrit-intake';
import { GerritHttp } from '../../../../services/shared/gerrit-http';
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
} from '../gateway-fixture';
import { LoggingGerrit } from './logging-gerrit';

const BEGIN = Date.parse('2026-11-23T10:00:30Z');
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const alice = { username: 'alice' };

let gerrit: LoggingGerrit;
let baseUrl: string;
let connections: GerritHttp[];
let core: Core;
let intake: GerritIntake;
let source: EventsLogSource;
/** What the intake asks. */
let asked: OneChange;
let warnings: string[];

beforeEach(async () => {
  gerrit = new LoggingGerrit(BEGIN);
  baseUrl = await gerrit.start();
  core = await startCore();
  asked = new OneChange(new Date(BEGIN).toISOString());
  warnings = [];
  connections = [];
  startIntake();
  await core.ledger.setCursor({ floor: BEGIN, until: BEGIN });
  start();
});
afterEach(async () => {
  jest.restoreAllMocks();
  await intake.stop();
  await Promise.all(connections.map((http) => http.close()));
  await core.close();
  await gerrit.stop();
  removeFolder(core.directory);
});

function startIntake(): void {
  intake = new GerritIntake({
    server: SERVER,
    filter,
    ledger: core.ledger,
    handOn: core.handOn,
    gerrit: asked,
    onGap: () => undefined,
    log: silent,
  });
  intake.start();
}

function start({ timeZone = 'UTC', oldestMs = Number.MAX_SAFE_INTEGER } = {}): void {
  const http = new GerritHttp({ baseUrl, account: 'ci', password: () => 'secret', attempts: 1 });
  connections.push(http);
  const log = pino({ level: 'warn' }, { write: (line) => warnings.push(JSON.parse(line).msg) });
  const logged = new EventsLogClient({ http, timeZone, returnLimit: gerrit.returnLimit });
  source = new EventsLogSource({ log, logged, ledger: core.ledger, intake, oldestMs });
}

/** A patch set with a number of its own as revision. */
const patchSet = (number: number): GerritEvent => created(1, String(number).padStart(40, '0'));
const recheck: GerritEvent = {
  ...created(1),
  type: 'comment-added',
  author: alice,
  comment: 'Patch Set 1:\n\nrecheck',
};
const said = (id: string, at: number) => ({
  id,
  message: 'Patch Set 1:\n\nrecheck',
  author: alice,
  date: new Date(at).toISOString(),
  _revision_number: 1,
});
const knows = (event: GerritEvent) => core.ledger.knows(eventKey(SERVER, event) ?? '');
const read = () => source.read(new AbortController().signal);
/** The server's clock goes on; what happens between is logged. */
const later = (ms: number) => {
  gerrit.now += ms;
};
const undecided = () => [...core.ledger.undecided()].length;

describe('what the stream missed', () => {
  test('is read and handed on, refs among it, and said to be recovered', async () => {
    const moved: GerritEvent = {
      type: 'ref-updated',
      refUpdate: { project: 'demo', refName: 'refs/heads/master', oldRev: 'a', newRev: 'b' },
    };
    gerrit.log(patchSet(1), BEGIN + 10 * SECOND);
    // Some servers name a branch so.
    gerrit.log({ ...moved, refUpdate: { ...moved.refUpdate, refName: 'master' } }, BEGIN + 20 * SECOND);
    later(5 * MINUTE);

    const recovered = await read();

    expect(recovered.map(({ event, at }) => [event.type, event.source, at])).toEqual([
      ['patchset-created', 'events-log', BEGIN + 10 * SECOND],
      ['ref-updated', 'events-log', BEGIN + 20 * SECOND],
    ]);
    expect(knows(moved)).toBe(true);
    expect(core.sent.map(({ type }) => type)).toEqual(['patchset-created']);
  });

  test('has the same key as from the stream, whoever is first', async () => {
    intake.takeLine(Buffer.from(JSON.stringify(patchSet(1))));
    gerrit.log(patchSet(1), BEGIN + SECOND);
    gerrit.log(patchSet(2), BEGIN + SECOND);
    later(MINUTE);

    expect(await read()).toHaveLength(1);
    intake.takeLine(Buffer.from(JSON.stringify(patchSet(2))));
    await core.ledger.flush();
    expect(undecided()).toBe(2);
  });

  test('is read to the server’s present, over answers with nothing in them', async () => {
    gerrit.log(patchSet(1), BEGIN + 40 * MINUTE);
    later(HOUR);

    expect(await read()).toHaveLength(1);
    expect(gerrit.queries).toHaveLength(61);
  });

  test('is not read again but for the overlap, by a restarted gateway neither', async () => {
    later(HOUR);
    await read();
    await core.ledger.flush();
    gerrit.queries.length = 0;
    start();

    await read();

    expect(gerrit.queries.slice(0, 6)).toEqual([
      't1=2026-11-23 10:55:30;t2=2026-11-23 10:55:59',
      't1=2026-11-23 10:56:00;t2=2026-11-23 10:56:59',
      't1=2026-11-23 10:57:00;t2=2026-11-23 10:57:59',
      't1=2026-11-23 10:58:00;t2=2026-11-23 10:58:59',
      't1=2026-11-23 10:59:00;t2=2026-11-23 10:59:59',
      't1=2026-11-23 11:00:00;t2=2026-11-23 11:00:59',
    ]);
  });

  test('of before the log was first read is none of our business', async () => {
    gerrit.log(patchSet(1), BEGIN - SECOND);
    later(MINUTE);

    expect(await read()).toEqual([]);
  });

  test('is not read when it is so old that the ledger may have forgotten it', async () => {
    jest.spyOn(Date, 'now').mockReturnValue(BEGIN + 10 * HOUR);
    start({ oldestMs: HOUR });
    gerrit.log(patchSet(1), BEGIN + 8 * HOUR);
    gerrit.log(patchSet(2), BEGIN + 9 * HOUR + MINUTE);
    later(10 * HOUR);

    expect((await read()).map(({ event }) => event.patchSet?.revision)).toEqual([patchSet(2).patchSet?.revision]);
  });
});

describe('rows that come late', () => {
  test('by minutes are found by the next reading', async () => {
    later(10 * MINUTE);
    await read();
    gerrit.log(patchSet(1), gerrit.now - 4 * MINUTE);
    later(SECOND);

    expect(await read()).toHaveLength(1);
  });

  test('by hours, after an outage of the plug-in’s database, are found within the hour', async () => {
    const clock = jest.spyOn(Date, 'now').mockReturnValue(BEGIN);
    later(3 * HOUR);
    await read();
    gerrit.log(patchSet(1), BEGIN + HOUR);
    later(MINUTE);
    expect(await read()).toEqual([]);

    clock.mockReturnValue(BEGIN + HOUR);
    // An hour of the day at a time.
    expect([await read(), await read()].flat()).toHaveLength(1);
  });
});

describe('an answer that may be cut', () => {
  test('is asked for again in halves, and nothing behind the limit is lost', async () => {
    gerrit.returnLimit = 200;
    start();
    for (let number = 0; number < 600; number++) {
      gerrit.log(patchSet(number), BEGIN + Math.floor(number / 90) * SECOND);
    }
    later(MINUTE);

    expect(await read()).toHaveLength(600);
  });

  test('is never taken for the end when rows that we may not see fill it', async () => {
    gerrit.returnLimit = 500;
    start();
    gerrit.hidden.add('secret');
    for (let second = 0; second < 60; second++) {
      for (let row = 0; row < 44; row++) {
        gerrit.log(patchSet(row), BEGIN + second * SECOND, 'secret');
      }
      gerrit.log(patchSet(second), BEGIN + second * SECOND);
    }
    later(2 * MINUTE);

    expect(await read()).toHaveLength(60);
  });

  test('in a single second is told, and what can be had of it is taken', async () => {
    gerrit.returnLimit = 10;
    start();
    for (let number = 0; number < 15; number++) {
      gerrit.log(patchSet(number), BEGIN);
    }
    later(SECOND);

    expect(await read()).toHaveLength(10);
    expect(warnings).toEqual([expect.stringMatching(/a second has more rows than it answers with; raise returnLimit/)]);
  });

  test('because it is larger than we take is asked for in halves too', async () => {
    for (let number = 0; number < 20; number++) {
      const large = { ...patchSet(number), padding: 'x'.repeat(1024 * 1024) };
      gerrit.log(large, BEGIN + number * SECOND);
    }
    later(MINUTE);

    expect(await read()).toHaveLength(20);
  });
});

describe('comments', () => {
  test('said twice in a second are two, each with its message, and looked for once', async () => {
    asked.messages = [said('m1', BEGIN), said('m2', BEGIN)];
    gerrit.log(recheck, BEGIN);
    gerrit.log(recheck, BEGIN);
    later(MINUTE);
    await read();
    await until('both', () => undecided() === 2);
    const before = asked.lookups;

    later(MINUTE);
    await read();

    expect(core.ledger.openRaws()).toEqual([]);
    expect(asked.lookups).toBe(before);
    expect(['m1', 'm2'].every((messageId) => knows({ ...recheck, messageId }))).toBe(true);
  });

  test('that the stream brought are nothing new, whatever other message might be theirs', async () => {
    asked.messages = [said('m1', BEGIN), { ...said('m2', BEGIN), message: 'Patch Set 1:\n\n(1 comment)' }];
    intake.takeLine(Buffer.from(JSON.stringify({ ...recheck, eventCreatedOn: BEGIN / 1000 })));
    await until('the first', () => undecided() === 1);
    gerrit.log(recheck, BEGIN);
    later(MINUTE);

    await read();
    await until('its message', () => core.ledger.openRaws().length === 0);

    expect(knows({ ...recheck, messageId: 'm1' })).toBe(true);
    expect(knows({ ...recheck, messageId: 'm2' })).toBe(false);
  });
});

describe('rows that are not for us:', () => {
  test('what is private is left to who knows whether we may see it', async () => {
    const event = patchSet(1);
    gerrit.log({ ...event, change: { ...event.change, private: true } }, BEGIN);
    later(MINUTE);

    expect(await read()).toEqual([]);
    expect(knows(event)).toBe(false);
  });

  test('what is no event is kept aside once, and what is noise is not', async () => {
    gerrit.logText('{"type":"patchset-created","chan', BEGIN);
    gerrit.log({ type: 'ref-replicated' }, BEGIN);
    gerrit.log(patchSet(1), BEGIN);
    later(MINUTE);
    await read();
    await read();

    await until('the quarantine', () => core.ledger.quarantined().length === 1);
    expect(knows(patchSet(1))).toBe(true);
  });
});

test('moves of a branch that REST told as one are not told again, later ones are', async () => {
  const [a, b, c, d] = ['a', 'b', 'c', 'd'];
  const ref = { project: 'demo', ref: 'refs/heads/master' };
  const moved = (oldRev = '', newRev = '', refName = ref.ref): GerritEvent => ({
    type: 'ref-updated',
    refUpdate: { project: 'demo', refName, oldRev, newRev },
  });
  const clock = jest.spyOn(Date, 'now').mockReturnValue(BEGIN + 5 * MINUTE);
  await core.ledger.recordTips([{ ...ref, revision: a ?? '' }]);
  await intake.takeEvent({ ...moved(a, c), source: 'rest' });
  gerrit.log(moved(a, b), BEGIN + MINUTE);
  gerrit.log(moved(b, c), BEGIN + 2 * MINUTE);
  gerrit.log(moved(c, d), BEGIN + 6 * MINUTE);
  gerrit.log(moved(a, b, 'refs/tags/v1'), BEGIN + MINUTE);
  later(10 * MINUTE);
  clock.mockReturnValue(BEGIN + 10 * MINUTE);

  const recovered = await read();

  expect(recovered.map(({ event }) => event.refUpdate?.newRev)).toEqual([b, d]);
  expect(core.ledger.tipOf(ref)).toBe(d);
});

describe('the server’s clock', () => {
  test.each(['Europe/Berlin', 'America/New_York'])('may be that of %s', async (timeZone) => {
    gerrit.timeZone = timeZone;
    start({ timeZone });
    gerrit.log(patchSet(1), BEGIN + SECOND);
    later(MINUTE);

    expect(await read()).toHaveLength(1);
  });

  test('that shows an hour twice loses nothing of either', async () => {
    const change = Date.parse('2026-10-25T01:00:00Z');
    await core.ledger.setCursor({ floor: change - HOUR, until: change - HOUR });
    gerrit.timeZone = 'Europe/Berlin';
    start({ timeZone: 'Europe/Berlin' });
    gerrit.now = change + HOUR;
    for (const [number, minutes] of [-59, -30, -1, 0, 1, 30, 59].entries()) {
      gerrit.log(patchSet(number), change + minutes * MINUTE + 59 * SECOND);
    }

    expect(await read()).toHaveLength(7);
  });

  test.each(['Europe/Berlin', 'America/New_York'])(
    'of %s where we think it UTC is noticed, and the answer not taken',
    async (timeZone) => {
      gerrit.timeZone = timeZone;
      await core.ledger.setCursor({ floor: BEGIN - 24 * HOUR, until: BEGIN - 24 * HOUR });
      for (let hour = 0; hour < 24; hour++) {
        gerrit.log(patchSet(hour), BEGIN - hour * HOUR);
      }

      await expect(read()).rejects.toThrow(/its server has another time zone; set gerrit.eventsLog.timeZone to that/);
      expect(undecided()).toBe(0);
    },
  );

  test('is the one that counts: ours may be hours ahead', async () => {
    jest.spyOn(Date, 'now').mockReturnValue(BEGIN + 5 * HOUR);
    await read();
    gerrit.log(patchSet(1), BEGIN + 10 * MINUTE);
    later(20 * MINUTE);

    expect(await read()).toHaveLength(1);
  });
});

describe('a plug-in', () => {
  test.each([404, 403])('that answers %p is told once, and asked again until it is there', async (status) => {
    gerrit.status = status;
    gerrit.log(patchSet(1), BEGIN + SECOND);
    later(MINUTE);
    expect(await read()).toEqual([]);
    expect(await read()).toEqual([]);
    expect(warnings).toEqual([
      expect.stringMatching(/^no events-log plug-in for us: .* read by REST alone; install it/),
    ]);

    gerrit.status = undefined;

    expect(await read()).toHaveLength(1);
  });

  test.each([500, 503, 400])('that answers %p leaves the cursor where it was', async (status) => {
    gerrit.log(patchSet(1), BEGIN + SECOND);
    later(MINUTE);
    gerrit.status = status;
    await expect(read()).rejects.toThrow(String(status));
    expect(core.ledger.cursor?.log?.until).toBe(BEGIN);

    gerrit.status = undefined;

    expect(await read()).toHaveLength(1);
    expect(core.ledger.cursor).toEqual({ floor: BEGIN, until: BEGIN, log: { floor: BEGIN, until: gerrit.now } });
  });
});

test('the cursor passes nothing that is not on disk', async () => {
  gerrit.log(patchSet(1), BEGIN + SECOND);
  later(MINUTE);
  const setCursor = jest.spyOn(core.ledger, 'setCursor');
  await read();

  // What a crash would leave: a ledger read from the disk as it is.
  await core.close();
  core = await startCore(core.directory);
  startIntake();
  expect(setCursor).toHaveBeenCalled();
  expect(knows(patchSet(1))).toBe(true);
  expect(core.ledger.cursor?.log?.until).toBe(gerrit.now);
});

test('at the very first start what happened before is none of our business', async () => {
  await intake.stop();
  await core.close();
  removeFolder(core.directory);
  core = await startCore();
  startIntake();
  start();
  jest.spyOn(Date, 'now').mockReturnValue(BEGIN + 500);
  gerrit.log(patchSet(1), BEGIN - SECOND);
  gerrit.log(patchSet(2), BEGIN);
  later(MINUTE);

  expect((await read()).map(({ event }) => event.patchSet?.revision)).toEqual([patchSet(2).patchSet?.revision]);
});
