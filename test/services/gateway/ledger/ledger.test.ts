import {
  appendFileSync,
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Decision } from '../../../../core/decision';
import type { GerritEvent } from '../../../../core/gerrit-event';
import { DiskSegments } from '../../../../services/gateway/ledger/disk-segments';
import { Ledger, type LedgerOptions } from '../../../../services/gateway/ledger/ledger';
import { createLogger } from '../../../../services/shared/log';

const log = createLogger('test');
log.level = 'silent';

const spawned = (uid: string): Decision => ({
  kind: 'spawned',
  workflow: { namespace: 'ci-a', name: 'a', uid },
  definitionCommit: 'c0',
});
const event = (revision: string): GerritEvent => ({
  type: 'patchset-created',
  change: { project: 'demo', branch: 'master', number: 1 },
  patchSet: { number: 1, revision, ref: 'refs/changes/01/1/1' },
});

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'ledger-'));
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

const open = (options: Partial<LedgerOptions> = {}) =>
  Ledger.open({
    store: new DiskSegments(root),
    log,
    onFailure: (error) => {
      throw error;
    },
    ...options,
  });
const segments = (directory = root) => readdirSync(directory).filter((name) => name.endsWith('.ledger'));
const undecidedKeys = (ledger: Ledger) => [...ledger.undecided()].map(({ key, pipeline }) => `${key}/${pipeline}`);

const configMove = (newRev: string): GerritEvent => ({
  type: 'ref-updated',
  refUpdate: { project: 'demo', refName: 'refs/meta/config', oldRev: '0', newRev },
});

describe('ledger', () => {
  test('numbers moves of refs/meta/config for ever, over restarts and deleted segments', async () => {
    let now = 0;
    const before = await open({ segmentBytes: 1, now: () => now });
    await before.recordEvent('c1', configMove('1'), {});
    await before.recordEvent('k1', event('r1'), {});
    await before.recordEvent('c2', configMove('2'), {});
    await before.close();
    now = Date.now() + 30 * 86_400_000;
    const after = await open({ segmentBytes: 1, now: () => now });
    expect(after.configChanges.after(0, 10).records.map(({ seq, key }) => [seq, key])).toEqual([
      [1, 'c1'],
      [2, 'c2'],
    ]);

    expect(await after.expire(1)).toBeGreaterThan(0);
    await after.recordEvent('c3', configMove('3'), {});
    await after.close();
    const last = await open();

    expect(
      last.configChanges
        .after(0, 10)
        .records.map(({ seq, key }) => [seq, key])
        .at(-1),
    ).toEqual([3, 'c3']);
    expect(last.configChanges.after(undefined, 10)).toEqual({ records: [], next: 3 });
    expect(last.configChanges.after(99, 10).next).toBe(3);
    await last.close();
  });

  test('numbers comments that ask why for ever, over restarts and deleted segments', async () => {
    let now = 0;
    const ask = (messageId: string): GerritEvent => ({
      ...event('r1'),
      type: 'comment-added',
      comment: 'why',
      messageId,
    });
    const before = await open({ segmentBytes: 1, now: () => now });
    await before.recordEvent('q1', ask('m1'), {});
    await before.recordEvent('k1', event('r1'), {});
    await before.recordEvent('q2', ask('m2'), {});
    await before.recordEvent('k2', event('r2'), {});
    await before.close();
    now = Date.now() + 30 * 86_400_000;
    const after = await open({ segmentBytes: 1, now: () => now });
    const told = () => after.questions.after(0, 10).records.map(({ seq, key }) => [seq, key]);
    expect(told()).toEqual([
      [1, 'q1'],
      [2, 'q2'],
    ]);

    expect(await after.expire(1)).toBeGreaterThan(0);
    await after.recordEvent('q3', ask('m3'), {});

    expect(told()).toEqual([[3, 'q3']]);
    await after.close();
  });

  test('finds the events of a change after a restart, and no more once they are deleted', async () => {
    let now = 0;
    const key = 'local:patchset-created:a%2Fb:7:r1';
    const before = await open({ segmentBytes: 1, now: () => now });
    await before.recordEvent(key, event('r1'), { check: 'pass' });
    await before.decide(key, 'check', spawned('u1'));
    await before.recordEvent('k1', event('r2'), {});
    await before.close();
    now = Date.now() + 30 * 86_400_000;
    const after = await open({ segmentBytes: 1, now: () => now });

    expect(await after.events.ofChange(7)).toEqual({ project: 'a/b', keys: [key] });
    expect(after.findHandedOn(7)).toEqual({ project: 'a/b', keys: [key] });
    expect(after.latestDecisions(key).get('check')?.decision).toEqual(spawned('u1'));
    expect(await after.events.ofChange(8)).toBeUndefined();

    await after.expire(1);
    expect(await after.events.ofChange(7)).toBeUndefined();
    expect(after.findHandedOn(7)).toBeUndefined();
    await after.close();
  });

  test('knows after a restart what it was told before', async () => {
    const before = await open();
    await before.recordEvent('k1', event('r1'), { check: 'pass', post: 'no-pipeline-match' });
    await before.recordEvent('k2', event('r2'), { check: 'pass' });
    await before.recordEvent('k3', event('r3'), { check: 'no-pipeline-match' });
    await before.decide('k1', 'check', spawned('u1'));
    await before.setCursor({ floor: 1, until: 2 });
    const raw = await before.recordRaw(event('r4'));
    await before.close();

    const after = await open();

    expect(undecidedKeys(after)).toEqual(['k2/check']);
    expect(after.knows('k3')).toBe(true);
    expect(after.cursor).toEqual({ floor: 1, until: 2 });
    expect(after.openRaws()).toEqual([{ id: raw, event: event('r4') }]);
    expect(after.findRun('u1')?.key).toBe('k1');
    expect((await after.events.find('k1'))?.event).toEqual(event('r1'));
    expect(after.decisions.after(0, 10).records).toHaveLength(1);
    await after.close();
  });

  test('records an event once, whoever tells it', async () => {
    const ledger = await open();

    const outcomes = await Promise.all([1, 2, 3].map(() => ledger.recordEvent('k', event('r'), { check: 'pass' })));

    expect(outcomes).toEqual(['recorded', 'known', 'known']);
    await ledger.close();
  });

  test('lets exactly one terminal decision stand', async () => {
    const ledger = await open();
    await ledger.recordEvent('k', event('r'), { check: 'pass' });

    const outcomes = await Promise.all([
      ledger.decide('k', 'check', { kind: 'queued', reason: 'received' }),
      ledger.decide('k', 'check', spawned('u1')),
      ledger.decide('k', 'check', spawned('u1')),
      ledger.decide('k', 'check', spawned('u2')),
      ledger.receive('k', 'check'),
    ]);

    expect(outcomes.map(({ kind }) => kind)).toEqual([
      'recorded',
      'recorded',
      'recorded',
      'another-stands',
      'another-stands',
    ]);
    expect(ledger.decisions.after(0, 10).records.map(({ decision }) => decision.kind)).toEqual(['queued', 'spawned']);
    await ledger.close();
  });

  test('takes no decision about a pair it did not hand on', async () => {
    const ledger = await open();
    await ledger.recordEvent('k', event('r'), { check: 'no-pipeline-match' });

    expect(await ledger.decide('k', 'check', spawned('u'))).toEqual({ kind: 'unknown' });
    expect(await ledger.decide('other', 'check', spawned('u'))).toEqual({ kind: 'unknown' });
    expect(await ledger.receive('k', 'check')).toEqual({ kind: 'unknown' });
    await ledger.close();
  });

  test('finds an event of a change that no pipeline wants among its events', async () => {
    const key = 's:patchset-created:p:7:r';
    const ledger = await open();
    await ledger.recordEvent(key, event('r'), {});

    expect(await ledger.events.ofChange(7)).toEqual({ project: 'p', keys: [key] });
    expect(ledger.findHandedOn(7)).toBeUndefined();
    expect(await ledger.events.find(key)).toMatchObject({ key, verdicts: {} });
    await ledger.close();
  });

  test('keeps the reason of a queued pair when it is received once more', async () => {
    const ledger = await open();
    await ledger.recordEvent('k', event('r'), { check: 'pass' });
    await ledger.decide('k', 'check', { kind: 'queued', reason: 'project is not ready' });

    expect(await ledger.receive('k', 'check')).toEqual({ kind: 'recorded' });
    expect(ledger.decisions.after(0, 10).records).toHaveLength(1);
    await ledger.close();
  });

  test('writes what arrives together with one sync', async () => {
    let syncs = 0;
    const ledger = await open({ onSynced: () => void syncs++ });

    await Promise.all(
      Array.from({ length: 500 }, (_, index) => ledger.recordEvent(`k${index}`, event('r'), { check: 'pass' })),
    );

    expect(syncs).toBeLessThanOrEqual(2);
    expect(undecidedKeys(ledger)).toHaveLength(500);
    await ledger.close();
  });

  test('lets nothing wait, however appends follow one another', async () => {
    const ledger = await open();
    const chain = async (lane: number) => {
      for (let index = 0; index < 50; index++) {
        await ledger.recordEvent(`k${lane}-${index}`, event('r'), { check: 'pass' });
        // Turns of the microtask queue, so that appends meet the writer at every point of its ending.
        for (let turn = 0; turn < (lane * 7 + index) % 12; turn++) {
          await Promise.resolve();
        }
      }
    };

    await Promise.all(Array.from({ length: 8 }, (_, lane) => chain(lane)));

    expect(undecidedKeys(ledger)).toHaveLength(400);
    await ledger.close();
  });

  test('accepts nothing once it is closed', async () => {
    const ledger = await open();
    await ledger.close();

    await expect(ledger.recordEvent('k', event('r'), { check: 'pass' })).rejects.toThrow(/closed/);
  });

  test('refuses a directory that another gateway holds, and takes it when that one is gone', async () => {
    const first = await open();

    await expect(open()).rejects.toThrow(/in use by another gateway/);

    await first.close();
    const second = await open();
    await second.close();
  });

  test('takes over from a process that was killed and left its lock behind', async () => {
    const first = await open();
    await first.close();
    writeFileSync(join(root, 'lock.sock'), '');

    const second = await open();
    await second.close();
  });

  test('a tail cut anywhere loses only what was not confirmed, and the ledger goes on', async () => {
    const ledger = await open();
    await ledger.recordEvent('k1', event('r1'), { check: 'pass' });
    await ledger.decide('k1', 'check', spawned('u1'));
    const [name = ''] = segments();
    const confirmed = statSync(join(root, name)).size;
    await ledger.recordEvent('k2', event('r2'), { check: 'pass' });
    await ledger.close();
    const whole = statSync(join(root, name)).size;

    // Every byte is tried on the frames alone; here the ends and the middle, with all that opening does.
    for (const size of [confirmed, confirmed + 1, Math.floor((confirmed + whole) / 2), whole - 2, whole - 1]) {
      const copy = mkdtempSync(join(tmpdir(), 'ledger-cut-'));
      cpSync(join(root, name), join(copy, name));
      truncateSync(join(copy, name), size);

      const cut = await open({ store: new DiskSegments(copy) });
      expect(cut.findRun('u1')?.key).toBe('k1');
      expect(cut.knows('k2')).toBe(false);
      await cut.recordEvent('k3', event('r3'), { check: 'pass' });
      await cut.close();
      const again = await open({ store: new DiskSegments(copy) });
      expect(undecidedKeys(again)).toEqual(['k3/check']);
      await again.close();
      rmSync(copy, { recursive: true });
    }
  });

  test('a tail of other bytes is cut off', async () => {
    const ledger = await open();
    await ledger.recordEvent('k1', event('r1'), { check: 'pass' });
    await ledger.close();
    const path = join(root, segments()[0] ?? '');
    appendFileSync(
      path,
      Buffer.concat([Buffer.alloc(4096), Buffer.from('\n0123abcd {"kind":"event"}\n'), Buffer.alloc(7)]),
    );

    const after = await open();
    await after.recordEvent('k2', event('r2'), { check: 'pass' });
    await after.close();

    const again = await open();
    expect(undecidedKeys(again)).toEqual(['k1/check', 'k2/check']);
    await again.close();
  });

  test('a record damaged in the middle is skipped, and those after it count', async () => {
    const ledger = await open();
    await ledger.recordEvent('k1', event('r1'), { check: 'pass' });
    await ledger.recordEvent('k2', event('r2'), { check: 'pass' });
    await ledger.close();
    const path = join(root, segments()[0] ?? '');
    const bytes = readFileSync(path);
    bytes[bytes.indexOf('k1')] = 0x78;
    writeFileSync(path, bytes);

    const after = await open();

    expect(undecidedKeys(after)).toEqual(['k2/check']);
    await after.close();
  });

  test('begins a new segment when one is full, and reads them all', async () => {
    const ledger = await open({ segmentBytes: 1_000 });
    for (let index = 0; index < 20; index++) {
      await ledger.recordEvent(`k${index}`, event(`r${index}`), { check: 'pass' });
    }
    expect(segments().length).toBeGreaterThan(3);
    expect((await ledger.events.find('k0'))?.event).toEqual(event('r0'));
    await ledger.close();

    const after = await open({ segmentBytes: 1_000 });
    expect(undecidedKeys(after)).toHaveLength(20);
    expect((await after.events.find('k7'))?.event).toEqual(event('r7'));
    await after.close();
  });

  test('a crash right after a new segment was begun leaves no cursor behind that has passed an event not on disk', async () => {
    const copy = mkdtempSync(join(tmpdir(), 'ledger-'));
    class Crashing extends DiskSegments {
      override async create(segment: number, header: Buffer): Promise<void> {
        await super.create(segment, header);
        if (segment === 2) {
          cpSync(root, copy, { recursive: true, filter: (path) => !path.endsWith('.sock') });
        }
      }
    }
    const ledger = await open({ store: new Crashing(root), segmentBytes: 1 });
    const writing = [ledger.recordEvent('k', event('r'), { check: 'pass' }), ledger.setCursor({ floor: 0, until: 9 })];

    await Promise.all(writing);
    const crashed = await open({ store: new DiskSegments(copy) });

    expect(crashed.knows('k')).toBe(false);
    expect(crashed.cursor).toBeUndefined();
    await Promise.all([ledger.close(), crashed.close()]);
    rmSync(copy, { recursive: true, force: true });
  });

  test('a segment whose first record a crash cut off is begun again', async () => {
    const ledger = await open();
    await ledger.setCursor({ floor: 5, until: 6 });
    await ledger.close();
    writeFileSync(join(root, '00000002.ledger'), '0123');

    const after = await open();
    await after.recordEvent('k', event('r'), { check: 'pass' });
    await after.close();

    const again = await open();
    expect(again.cursor).toEqual({ floor: 5, until: 6 });
    expect(undecidedKeys(again)).toEqual(['k/check']);
    await again.close();
  });

  test('deletes old segments but never one with an undecided pair, and keeps cursor and sequence', async () => {
    let now = Date.now();
    const ledger = await open({ segmentBytes: 500, now: () => now });
    await ledger.setCursor({ floor: 5, until: 6 });
    for (let index = 0; index < 10; index++) {
      await ledger.recordEvent(`k${index}`, event(`r${index}`), { check: 'pass' });
      if (index !== 5) {
        await ledger.decide(`k${index}`, 'check', spawned(`u${index}`));
      }
    }
    const before = segments().length;
    expect(await ledger.expire(1)).toBe(0);
    now += 2 * 86_400_000;

    const dropped = await ledger.expire(1);

    expect(dropped).toBeGreaterThan(0);
    expect(segments()).toHaveLength(before - dropped);
    expect(ledger.knows('k0')).toBe(false);
    expect(ledger.findRun('u0')).toBeUndefined();
    expect(undecidedKeys(ledger)).toEqual(['k5/check']);
    await ledger.decide('k5', 'check', spawned('u5'));
    const last = ledger.decisions.after(0, 100).records.at(-1)?.seq;
    await ledger.close();

    const after = await open({ segmentBytes: 500, now: () => now });
    expect(await after.expire(0.001)).toBeGreaterThan(0);
    await after.close();
    const again = await open({ segmentBytes: 500 });
    expect(again.cursor).toEqual({ floor: 5, until: 6 });
    await again.recordEvent('k99', event('r'), { check: 'pass' });
    await again.decide('k99', 'check', spawned('u99'));
    expect(again.findRun('u99')?.seq).toBe((last ?? 0) + 1);
    await again.close();
  });

  test('gives a reader that is ahead of it everything again', async () => {
    const ledger = await open();
    await ledger.recordEvent('k', event('r'), { check: 'pass' });
    await ledger.decide('k', 'check', spawned('u'));

    expect(ledger.decisions.after(1, 10)).toEqual({ records: [], next: 1 });
    expect(ledger.decisions.after(77, 10)).toMatchObject({ records: [{ seq: 1 }], next: 1 });
    await ledger.close();
  });

  test('fails for good when the disk does, and says so once', async () => {
    const failures: Error[] = [];
    const ledger = await open({ onFailure: (error) => failures.push(error) });
    rmSync(root, { recursive: true });

    const outcomes = await Promise.allSettled([
      ledger.recordEvent('k1', event('r'), { check: 'pass' }),
      ledger.recordEvent('k2', event('r'), { check: 'pass' }),
    ]);

    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(failures).toHaveLength(1);
    expect(failures[0]?.message).toMatch(/cannot be written: .*; see that its volume/);
  });
});
