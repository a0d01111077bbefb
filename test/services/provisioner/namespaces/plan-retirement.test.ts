import fc from 'fast-check';
import type { Situation } from '../../../../services/provisioner/namespaces/model-situation';
import { planNamespace } from '../../../../services/provisioner/namespaces/plan-namespace';
import { DAY_MS, NOW, project, situation, space } from './situation';

const HOUR_MS = 3_600_000;
const ago = (ms: number) => new Date(NOW - ms).toISOString();

/** A namespace without a Project that was marked so long ago. */
const retiring = (sinceMs: number, overrides: Partial<Situation> = {}) =>
  situation({ project: undefined, space: space({ retiringSince: ago(sinceMs) }), ...overrides });

describe('a namespace of ours whose Project is gone', () => {
  test('is marked before anything else', () => {
    const gone = situation({ project: undefined });

    expect(planNamespace(gone)).toEqual([{ kind: 'cordon', since: '2026-01-02T03:04:05.000Z' }]);
  });

  test('is cordoned before its runs are counted, so that none is missed', () => {
    expect(planNamespace(retiring(0, { synced: 0b0110n }))).toEqual([{ kind: 'apply', bits: 0b1001n }]);
    expect(planNamespace(retiring(0))).toEqual([{ kind: 'drain', stop: false }]);
  });

  test('lets runs come to their end for the drain time, and then stops them', () => {
    expect(planNamespace(retiring(HOUR_MS / 2, { running: 2 }))).toEqual([{ kind: 'again', afterMs: 30_000 }]);
    expect(planNamespace(retiring(HOUR_MS))).toEqual([{ kind: 'drain', stop: true }]);
    expect(planNamespace(retiring(HOUR_MS + 1, { running: 2 }))).toEqual([{ kind: 'again', afterMs: 1_000 }]);
  });

  test('is kept to be read for the retention time, and then its account goes before it', () => {
    const kept = { running: 0 };
    const due = 14 * DAY_MS;

    expect(planNamespace(retiring(due - HOUR_MS / 2, kept))).toEqual([{ kind: 'again', afterMs: HOUR_MS / 2 }]);
    expect(planNamespace(retiring(due, kept))).toEqual([{ kind: 'close-store' }]);
    expect(planNamespace(retiring(due, { ...kept, store: { kind: 'closed' } }))).toEqual([
      { kind: 'delete-namespace', uid: 'uid-2' },
    ]);
  });

  test('goes in spite of a store that does not answer, but not at once', () => {
    const failed = { running: 0, store: { kind: 'failed', message: 'down' } } as const;
    const due = 14 * DAY_MS;

    expect(planNamespace(retiring(due, failed))).toEqual([{ kind: 'again', afterMs: 30_000 }]);
    expect(planNamespace(retiring(due + 5 * 60_001, failed))).toEqual([{ kind: 'delete-namespace', uid: 'uid-2' }]);
  });

  test('is begun anew when its mark is no time', () => {
    const marked = situation({ project: undefined, space: space({ retiringSince: 'long ago' }) });

    expect(planNamespace(marked)).toEqual([{ kind: 'cordon', since: new Date(NOW).toISOString() }]);
  });

  test('is not waited for when the whole system is taken down', () => {
    const now = { retirement: { drainMs: 0, retentionMs: 0 } };

    expect(planNamespace(retiring(0, now))).toEqual([{ kind: 'drain', stop: true }]);
    expect(planNamespace(retiring(0, { ...now, running: 0 }))).toEqual([{ kind: 'close-store' }]);
    expect(planNamespace(retiring(30_000, { ...now, running: 3 }))).toEqual([{ kind: 'close-store' }]);
  });

  test('whose name a Project of another Gerrit project took goes its way all the same', () => {
    const named = retiring(0, { project: project({ spec: { gerritName: 'another' } }) });

    expect(planNamespace(named)).toContainEqual({ kind: 'drain', stop: false });
  });
});

test('a namespace is deleted only when it is ours, without a Project, marked, and its time is over', () => {
  const spaces = fc.option(
    fc.record({
      uid: fc.constant('uid-2'),
      ours: fc.boolean(),
      gerritName: fc.constantFrom('demo', undefined),
      visibility: fc.constantFrom('public', 'private'),
      terminating: fc.boolean(),
      retiringSince: fc.constantFrom(undefined, ago(0), ago(13 * DAY_MS), ago(15 * DAY_MS), 'never'),
    }),
    { nil: undefined },
  );
  const any = fc.record({
    project: fc.constantFrom(undefined, project(), project({ spec: { gerritName: 'another' } })),
    space: spaces,
    synced: fc.constantFrom(0n, 0b1111n, 0b0110n),
    running: fc.constantFrom(undefined, 0, 1),
    store: fc.constantFrom({ kind: 'unknown' }, { kind: 'open' }, { kind: 'closed' }, { kind: 'failed', message: '' }),
  });

  fc.assert(
    fc.property(any, (overrides) => {
      const facts = situation(overrides as Partial<Situation>);
      const deletes = planNamespace(facts).some(({ kind }) => kind === 'delete-namespace');
      const { project: of, space: at } = facts;
      const mayDelete =
        of?.spec.gerritName !== 'demo' && at?.ours === true && !at.terminating && at.retiringSince === ago(15 * DAY_MS);

      expect(deletes && !mayDelete).toBe(false);
    }),
    { numRuns: 500 },
  );
});
