import { eventKey } from '../../../../core/event-key';
import type { GerritEvent } from '../../../../core/gerrit-event';
import { Pipelines } from '../../../../core/pipeline';
import { GerritIntake } from '../../../../services/gateway/gerrit-intake';
import type { RefTip } from '../../../../services/gateway/ledger/model-record';
import { BranchTips } from '../../../../services/gateway/refs/branch-tips';
import { OVERDUE_MS } from '../../../../services/gateway/refs/model-overdue-moves';
import { planFollowedRefs } from '../../../../services/gateway/refs/plan-followed-refs';
import { RefSweep } from '../../../../services/gateway/refs/ref-sweep';
import { GerritHttp } from '../../../../services/shared/gerrit-http';
import { RecordedGerrit } from '../../shared/recorded-gerrit';
import { type Core, created, filter, removeFolder, SERVER, silent, startCore } from '../gateway-fixture';

const DAY_MS = 86_400_000;
const REF = 'refs/heads/master';
const [A, B, C] = ['a', 'b', 'c'].map((digit) => digit.repeat(40)) as [string, string, string];
const master = (revision: string): RefTip => ({ project: 'demo', ref: REF, revision });
const moved = (oldRev: string, newRev: string, refName = REF): GerritEvent => ({
  type: 'ref-updated',
  refUpdate: { project: 'demo', refName, oldRev, newRev },
});

let core: Core;
let intake: GerritIntake;
let sweep: RefSweep;
let tips: RefTip[];
let isNeeded: boolean;
let now: number;

beforeEach(async () => {
  core = await startCore();
  tips = [];
  isNeeded = true;
  now = Date.now();
  jest.spyOn(Date, 'now').mockImplementation(() => now);
  start();
});
afterEach(async () => {
  jest.restoreAllMocks();
  await intake.stop();
  await core.close();
  removeFolder(core.directory);
});

function start(): void {
  const nobody = { findChange: async () => undefined, patchSetComments: async () => [] };
  const { ledger, handOn } = core;
  intake = new GerritIntake({ server: SERVER, filter, ledger, handOn, gerrit: nobody, onGap: () => {}, log: silent });
  const list = async function* () {
    yield* tips;
  };
  sweep = new RefSweep({ tips: { list }, ledger, intake, isNeeded: () => isNeeded });
}

async function restart(): Promise<void> {
  await intake.stop();
  await core.close();
  core = await startCore(core.directory);
  start();
}

/** What a reading found, as old and new revision. */
async function read(): Promise<(readonly [string, string])[]> {
  const recovered = await sweep.read();
  return recovered.map(({ event }) => [event.refUpdate?.oldRev ?? '', event.refUpdate?.newRev ?? '']);
}
/** Two readings with the time between in which the stream would have said it. */
async function readTwice() {
  const first = await read();
  now += OVERDUE_MS;
  return [...first, ...(await read())];
}

describe('a branch', () => {
  test('that is seen for the first time is noted and no event', async () => {
    tips = [master(A)];

    expect(await readTwice()).toEqual([]);
    expect(core.ledger.tipOf(master(A))).toBe(A);
  });

  test('that moved while we were down is one event with its net move, and that once', async () => {
    tips = [master(A)];
    await read();
    await restart();
    tips = [master(C)];

    expect(await readTwice()).toEqual([[A, C]]);
    expect(await readTwice()).toEqual([]);
    expect(core.ledger.knows(eventKey(SERVER, moved(A, C)) ?? '')).toBe(true);
  });

  test('whose move the stream says is no other event', async () => {
    tips = [master(A)];
    await read();
    intake.takeLine(Buffer.from(JSON.stringify(moved(A, B))));
    tips = [master(B)];

    expect(await readTwice()).toEqual([]);
  });

  test('whose move is seen before the stream says it is the stream’s', async () => {
    tips = [master(A)];
    await read();
    tips = [master(C)];
    expect(await read()).toEqual([]);
    intake.takeLine(Buffer.from(JSON.stringify(moved(A, B, 'master'))));
    intake.takeLine(Buffer.from(JSON.stringify(moved(B, C, 'master'))));
    now += OVERDUE_MS;

    expect(await read()).toEqual([]);
  });

  test('that moves again and again is waited for from its last move on', async () => {
    tips = [master(A)];
    await read();
    tips = [master(B)];
    await read();
    now += OVERDUE_MS - 1;
    tips = [master(C)];

    expect(await read()).toEqual([]);
    now += OVERDUE_MS;
    expect(await read()).toEqual([[A, C]]);
  });

  test('that went there and back again is told of each way once', async () => {
    tips = [master(A)];
    await read();
    for (const revision of [B, A, B]) {
      tips = [master(revision)];
      await readTwice();
    }

    expect(core.ledger.tipOf(master(B))).toBe(B);
    expect(await readTwice()).toEqual([]);
  });

  test('that is gone is followed no more', async () => {
    tips = [master(A)];
    await read();
    intake.takeLine(Buffer.from(JSON.stringify(moved(A, '0'.repeat(40)))));
    tips = [];

    expect(await readTwice()).toEqual([]);
    expect(core.ledger.tipOf(master(A))).toBeUndefined();
  });

  test('is known beyond the life of the segment that noted it', async () => {
    tips = [master(A), { project: 'demo', ref: 'refs/heads/other', revision: B }];
    await read();
    await restart();
    // Fills the first segment, so that there is a second one.
    const filler = {
      ...created(1),
      change: { project: 'demo', branch: 'master', number: 1, subject: 'x'.repeat(1_000_000) },
    };
    for (let number = 0; number < 20; number++) {
      await core.ledger.recordEvent(`k${number}`, filler, {});
    }
    now += 2 * DAY_MS;
    expect(await core.ledger.expire(1)).toBeGreaterThan(0);
    await restart();

    expect(core.ledger.knows('k0')).toBe(false);
    expect(core.ledger.tipOf(master(A))).toBe(A);
    expect(core.ledger.tipOf({ project: 'demo', ref: 'refs/heads/other' })).toBe(B);
  });
});

test('while the events-log says every move no branch is looked at', async () => {
  tips = [master(A)];
  await read();
  isNeeded = false;
  tips = [master(B)];

  expect(await readTwice()).toEqual([]);
  expect(core.ledger.tipOf(master(A))).toBe(A);
});

test('followed is what triggers on ref-updated name in plain text', () => {
  const pipelines = Pipelines.parse([
    {
      name: 'post',
      triggers: [
        { event: 'ref-updated', project: { plain: 'a' }, branch: { plain: 'ignored' } },
        { event: ['ref-updated', 'change-merged'], branch: [{ plain: 'master' }, { plain: 'main' }] },
        { event: 'ref-updated', project: '^mediawiki/' },
        { event: 'change-merged', project: { plain: 'b' } },
      ],
    },
  ]);

  expect(planFollowedRefs(pipelines)).toEqual({ projects: ['a'], branches: ['master', 'main'] });
});

describe('tips', () => {
  test('are read of every branch of a project and of a branch of every project, page by page', async () => {
    const branches = Array.from({ length: 500 }, (_, number) => ({ ref: `refs/heads/b${number}`, revision: A }));
    const server = new RecordedGerrit()
      .on('GET /projects/a%2Fb/branches/?n=500&S=0', {
        json: [{ ref: 'HEAD', revision: 'master' }, ...branches.slice(1)],
      })
      .on('GET /projects/a%2Fb/branches/?n=500&S=500', {
        json: [
          { ref: 'refs/meta/config', revision: A },
          { ref: REF, revision: B },
        ],
      })
      .on('GET /projects/?b=refs%2Fheads%2Fmaster&n=500&S=0', {
        json: { x: { branches: { [REF]: A } }, y: { branches: { [REF]: B }, _more_projects: true } },
      })
      .on('GET /projects/?b=refs%2Fheads%2Fmaster&n=500&S=2', { json: { z: { branches: { [REF]: C } } } });
    const http = new GerritHttp({ baseUrl: await server.start(), account: 'ci', password: () => 'secret' });
    const found: RefTip[] = [];
    for await (const tip of new BranchTips(http, { projects: ['a/b', 'gone'], branches: ['master'] }).list()) {
      found.push(tip);
    }
    await server.stop();
    await http.close();

    expect(found).toHaveLength(499 + 1 + 3);
    expect(found.slice(-4)).toEqual([
      { project: 'a/b', ref: REF, revision: B },
      { project: 'x', ref: REF, revision: A },
      { project: 'y', ref: REF, revision: B },
      { project: 'z', ref: REF, revision: C },
    ]);
  });
});
