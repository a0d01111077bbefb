import { changeOfKey, eventKey } from '../../../core/event-key';
import { compileCoarseFilter } from '../../../services/gateway/decide-coarse-filter';
import { GerritIntake } from '../../../services/gateway/gerrit-intake';
import { RestSweep } from '../../../services/gateway/rest-sweep';
import type { ChangeInfo, CommentInfo } from '../../../services/shared/gerrit-schema';
import {
  ACCOUNT,
  type Core,
  created,
  PIPELINES,
  REVISION,
  removeFolder,
  SERVER,
  silent,
  startCore,
  until,
} from './gateway-fixture';

/** Gerrit's REST as far as intake and sweep read it. */
class FakeGerrit {
  changes: ChangeInfo[] = [];
  comments: CommentInfo[] = [];
  isDown = false;
  /** Called when a search was read to its end. */
  onRead = (): void => undefined;
  lookups = 0;

  findChange = async (_project: string, number: number): Promise<ChangeInfo | undefined> => {
    this.lookups += 1;
    this.answer();
    return this.changes.find(({ _number }) => _number === number);
  };
  patchSetComments = async (): Promise<CommentInfo[]> => {
    this.answer();
    return this.comments;
  };
  async *queryChanges(): AsyncGenerator<ChangeInfo, void, undefined> {
    this.answer();
    yield* this.changes;
    this.onRead();
  }

  private answer(): void {
    if (this.isDown) {
      throw new Error('Gerrit is away');
    }
  }
}

const now = () => new Date().toISOString();
const alice = { name: 'Alice', email: 'alice@example.com', username: 'alice' };

function change(number: number, messages: readonly [id: string, text: string, username?: string][] = []): ChangeInfo {
  return {
    id: `demo~${number}`,
    project: 'demo',
    branch: 'master',
    change_id: `I${number}`,
    _number: number,
    subject: 'A change',
    status: 'NEW',
    created: now(),
    updated: now(),
    owner: alice,
    current_revision: REVISION,
    revisions: { [REVISION]: { _number: 1, ref: `refs/changes/0${number}/${number}/1`, created: now() } },
    messages: messages.map(([id, message, username = 'alice']) => ({
      id,
      message,
      author: { ...alice, username },
      date: now(),
      _revision_number: 1,
    })),
  };
}
const recheck = (number: number, text = 'recheck', username = 'alice') =>
  Buffer.from(
    JSON.stringify({
      ...created(number),
      type: 'comment-added',
      author: { username },
      comment: `Patch Set 1:\n\n${text}`,
      eventCreatedOn: Math.floor(Date.now() / 1000),
    }),
  );
const line = (event: object) => Buffer.from(JSON.stringify(event));

/** `post` starts on topics, too. */
const filter = compileCoarseFilter({
  account: ACCOUNT,
  pipelines: PIPELINES.map((pipeline) =>
    pipeline.name === 'post' ? { ...pipeline, triggers: [...pipeline.triggers, { event: 'topic-changed' }] } : pipeline,
  ),
});

let core: Core;
let gerrit: FakeGerrit;
let intake: GerritIntake;
let gaps: number;

function startIntake(): void {
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
  intake.start();
}
function sweep(clock = (): number => 0): RestSweep {
  return new RestSweep({
    server: SERVER,
    gerrit,
    ledger: core.ledger,
    intake,
    log: silent,
    now: clock,
  });
}
/** Ids of the messages whose comments were handed on, each once. */
const handedOn = () => [
  ...new Set(core.sent.filter(({ type }) => type === 'comment-added').map(({ key }) => key.split(':').at(-1))),
];

beforeEach(async () => {
  gaps = 0;
  gerrit = new FakeGerrit();
  core = await startCore();
  startIntake();
});
afterEach(async () => {
  await intake.stop();
  await core.close();
  removeFolder(core.directory);
});

describe('intake', () => {
  test('hands on what passes and records what does not', async () => {
    intake.takeLine(line(created(1)));
    intake.takeLine(line({ ...created(1), type: 'change-merged' }));
    intake.takeLine(line({ ...created(2), change: { ...created(2).change, branch: 'a b' } }));

    await until('handed on', () => core.sent.length >= 2);
    expect(core.sent.map(({ type, pipeline }) => `${type} ${pipeline}`)).toEqual([
      'patchset-created check',
      'change-merged post',
    ]);
    const key = eventKey(SERVER, created(2)) ?? '';
    expect((await core.ledger.events.find(key))?.verdicts).toEqual({ check: 'unsafe-name' });
  });

  test('takes the same event once', async () => {
    for (let time = 0; time < 3; time++) {
      intake.takeLine(line(created(1)));
    }
    await until('handed on', () => core.sent.length > 0);

    expect([...core.ledger.undecided()]).toHaveLength(1);
  });

  test('gives two comments with the same words in the same second a message each', async () => {
    gerrit.changes = [
      change(1, [
        ['m1', 'Patch Set 1:\n\nrecheck'],
        ['m2', 'Patch Set 1:\n\nrecheck'],
      ]),
    ];
    intake.takeLine(recheck(1));
    intake.takeLine(recheck(1));

    await until('both', () => handedOn().length === 2);
    expect(handedOn()).toEqual(['m1', 'm2']);
  });

  test('records at once who asks why, which no pipeline wants', async () => {
    gerrit.changes = [change(1, [['m1', 'Patch Set 1:\n\nwhy']])];
    intake.takeLine(recheck(1, 'why'));

    const [question] = await until('the question', () => {
      const { records } = core.ledger.questions.after(0, 10);
      return records.length > 0 ? records : undefined;
    });

    expect(question).toMatchObject({ project: 'demo', change: 1, patchSet: 1, messageId: 'm1' });
    expect(core.sent).toEqual([]);
  });

  test('asks Gerrit about no comment that no pipeline wants', async () => {
    gerrit.changes = [change(1)];
    intake.takeLine(recheck(1, 'thank you'));
    intake.takeLine(recheck(1, 'recheck', ACCOUNT));
    intake.takeLine(line(created(1)));
    await until('handed on', () => core.sent.length > 0);

    expect(gerrit.lookups).toBe(0);
  });

  test('looks again while the message cannot be seen and while Gerrit is away', async () => {
    gerrit.isDown = true;
    intake.takeLine(recheck(1));
    await until('asked', () => gerrit.lookups > 0);
    gerrit.isDown = false;
    gerrit.changes = [change(1)];
    const asked = gerrit.lookups;
    await until('asked again', () => gerrit.lookups > asked + 1);
    gerrit.changes = [change(1, [['m1', 'Patch Set 1:\n\nrecheck']])];

    await until('handed on', () => handedOn().length === 1);
  });

  test('finds after a crash the message of a comment it had only heard of', async () => {
    gerrit.isDown = true;
    intake.takeLine(recheck(1));
    await until('on disk', () => core.ledger.openRaws().length === 1);
    await intake.stop();
    await core.close();

    core = await startCore(core.directory);
    gerrit.isDown = false;
    gerrit.changes = [change(1, [['m1', 'Patch Set 1:\n\nrecheck']])];
    startIntake();

    await until('handed on', () => handedOn().length === 1);
    await until('closed', () => core.ledger.openRaws().length === 0);
  });

  test('lets go of a comment on a change that is gone, and has the sweep look', async () => {
    intake.takeLine(recheck(1));

    await until('a gap', () => gaps > 0);
    expect(core.ledger.openRaws()).toEqual([]);
  });

  test('keeps aside what is no event, and has the sweep look', async () => {
    intake.takeLine(Buffer.from([0xff, 0x00, 0x7b]));
    intake.takeOversize(9_000_000, Buffer.alloc(600));
    intake.takeLine(line({ type: 'dropped-output' }));

    expect(gaps).toBe(3);
  });
});

describe('an event that left a trace', () => {
  const traced = (number: number, ...tags: string[]): ChangeInfo => ({
    ...change(number),
    messages: tags.map((tag, index) => ({
      id: `t${index}`,
      message: 'Done',
      author: alice,
      date: now(),
      tag: `autogenerated:gerrit:${tag}`,
      _revision_number: 1,
    })),
  });
  const done = (number: number, type: string, by: string, more: object = {}) =>
    line({
      ...created(number),
      type,
      [by]: { username: 'alice' },
      eventCreatedOn: Math.floor(Date.now() / 1000),
      ...more,
    });
  /** What was handed on, however often. */
  const sent = () => [
    ...new Set(core.sent.map(({ type, pipeline, key }) => `${type} ${pipeline} ${changeOfKey(key)}`)),
  ];

  test('of a type whose patch set the stream does not say gets that of its message', async () => {
    gerrit.changes = [traced(1, 'setTopic')];
    intake.takeLine(done(1, 'topic-changed', 'changer', { patchSet: undefined }));

    await until('handed on', () => core.sent.length > 0);
    expect(sent()).toEqual(['topic-changed post 1']);
    expect((await core.ledger.events.find(core.sent[0]?.key ?? ''))?.event).toMatchObject({
      messageId: 't0',
      actor: { username: 'alice' },
      patchSet: { number: 1, revision: REVISION },
    });
  });

  test('that ends a change is handed on to the pipelines that may have runs of it, and to no others', async () => {
    gerrit.changes = [traced(1, 'abandon'), traced(2, 'abandon')];
    intake.takeLine(line(created(1)));
    intake.takeLine(done(1, 'change-abandoned', 'abandoner'));
    intake.takeLine(done(2, 'change-abandoned', 'abandoner'));

    await until('handed on', () => sent().length > 1);
    await until('no raw event left', () => core.ledger.openRaws().length === 0);
    expect(sent()).toEqual(['patchset-created check 1', 'change-abandoned check 1']);
  });

  test('that ends a change and was missed by the stream ends its runs when REST tells it', async () => {
    await sweep().read();
    gerrit.changes = [{ ...traced(1, 'abandon'), updated: '2999-01-01T00:00:00.000Z' }];
    intake.takeLine(line(created(1)));
    await until('handed on', () => core.sent.length > 0);

    await sweep().read();

    expect(sent()).toEqual(['patchset-created check 1', 'change-abandoned check 1']);
  });

  test('is handed on at once when its change is deleted: nothing is left to be asked for', async () => {
    intake.takeLine(line(created(1)));
    await until('handed on', () => core.sent.length > 0);
    intake.takeLine(done(1, 'change-deleted', 'deleter', { patchSet: undefined }));

    await until('its end', () => sent().length > 1);
    expect(sent()).toEqual(['patchset-created check 1', 'change-deleted check 1']);
    expect(gerrit.lookups).toBe(0);
  });
});

describe('sweep', () => {
  test('takes in what the stream did not bring, once, and nothing from before the first start', async () => {
    const old = change(1);
    const before = '2020-01-01T00:00:00.000Z';
    gerrit.changes = [
      { ...old, revisions: { [REVISION]: { _number: 1, ref: 'refs/changes/01/1/1', created: before } } },
    ];
    expect(await sweep().read()).toEqual([]);

    gerrit.changes.push(
      change(2, [
        ['m1', 'Patch Set 1:\n\nrecheck'],
        ['m2', 'Patch Set 1:\n\nhello'],
      ]),
    );
    const found = await sweep().read();

    expect(found.map(({ event }) => `${event.type} ${event.change?.number}`)).toEqual([
      'patchset-created 2',
      'comment-added 2',
      'comment-added 2',
    ]);
    expect(core.sent.map(({ type }) => type)).toEqual(['patchset-created', 'comment-added']);
    expect(await sweep().read()).toEqual([]);
  });

  test('and stream together take an event once, whoever is first', async () => {
    gerrit.changes = [change(1, [['m1', 'Patch Set 1:\n\nrecheck']])];
    intake.takeLine(line(created(1)));
    intake.takeLine(recheck(1));
    await sweep().read();
    intake.takeLine(line(created(1)));
    intake.takeLine(recheck(1));
    await until('no raw event left', () => core.ledger.openRaws().length === 0);

    expect([...core.ledger.undecided()].map(({ event }) => event.type).sort()).toEqual([
      'comment-added',
      'patchset-created',
    ]);
  });

  test('finds what happened long ago in a change that moved to the front of the search while it was read', async () => {
    await sweep().read();
    const hour = 3_600_000;
    const at = (ms: number) => new Date(Date.now() + ms).toISOString();
    const changed = (number: number, created: string, updated: string): ChangeInfo => ({
      ...change(number),
      updated,
      revisions: { [REVISION]: { _number: 1, ref: `refs/changes/0${number}/${number}/1`, created } },
    });
    const old = changed(1, at(hour), at(hour));
    const recent = changed(2, at(2 * hour), at(2 * hour));
    gerrit.changes = [recent];
    // It was on a later page; by the time that is read, it has been updated and is before what was read.
    gerrit.onRead = () => {
      gerrit.changes = [{ ...old, updated: at(2 * hour + 1_000) }, recent];
    };

    await sweep().read();
    await sweep().read();

    expect([...core.ledger.undecided()].map(({ event }) => event.change?.number).sort()).toEqual([1, 2]);
  });

  test('finds within the hour what the index of Gerrit had lost until somebody indexed it again', async () => {
    await sweep().read();
    const hour = 3_600_000;
    const at = (ms: number) => new Date(Date.now() + ms).toISOString();
    const pushed = (number: number, created: string): ChangeInfo => ({
      ...change(number),
      updated: created,
      revisions: { [REVISION]: { _number: 1, ref: `refs/changes/0${number}/${number}/1`, created } },
    });
    let minutes = 0;
    const kept = sweep(() => minutes * 60_000);
    gerrit.changes = [pushed(2, at(3 * hour))];
    await kept.read();
    // Pushed two hours before, in the moment in which Gerrit was killed.
    gerrit.changes.push(pushed(1, at(hour)));

    minutes = 59;
    expect(await kept.read()).toEqual([]);
    minutes = 60;
    expect((await kept.read()).map(({ event }) => event.change?.number)).toEqual([1]);
    minutes = 120;
    expect(await kept.read()).toEqual([]);
  });

  test('moves its cursor only when all was read', async () => {
    await sweep().read();
    const before = core.ledger.cursor;
    gerrit.changes = [{ ...change(1), updated: '2999-01-01T00:00:00.000Z' }];
    gerrit.isDown = true;

    await expect(sweep().read()).rejects.toThrow('Gerrit is away');
    expect(core.ledger.cursor).toEqual(before);

    gerrit.isDown = false;
    await sweep().read();
    expect(core.ledger.cursor?.until).toBe(Date.parse('2999-01-01T00:00:00.000Z'));
  });
});
