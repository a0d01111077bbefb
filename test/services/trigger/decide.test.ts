import { decide, type Facts } from '../../../services/trigger/decide';
import { COMMIT, change, event, facts, found, NAMESPACE, pipeline, REVISION } from './fixtures';

const OTHER = 'b'.repeat(40);
const recheck = event({ type: 'comment-added', comment: 'recheck', messageId: 'm' });
const FIRST = { number: 1, revision: REVISION, ref: 'refs/changes/07/7/1' };
const merged = event({ type: 'change-merged' });
const pushed = (newRev: string): Facts['event'] => ({
  type: 'ref-updated',
  refUpdate: { project: 'demo', refName: 'refs/heads/main', oldRev: OTHER, newRev },
});
const abandoned = event({ type: 'change-abandoned', messageId: 'm' });
const deleted: Facts['event'] = { type: 'change-deleted', change: { project: 'demo', branch: 'main', number: 7 } };
const ABANDONED = change({ status: 'ABANDONED' });
/** Cleans up after a change. */
const cleanup = pipeline({ triggers: [{ event: 'change-abandoned' }] });
const cancellable = pipeline({
  triggers: [{ event: ['patchset-created', 'comment-added'] }],
  dequeue: [{ event: 'comment-added', command: 'cancel' }],
});
const cancel = event({ type: 'comment-added', comment: 'Patch Set 2:\n\nCancel', messageId: 'm' });
const rejected: Facts['definition'] = {
  kind: 'found',
  commit: COMMIT,
  definition: { ok: false, error: [{ path: 'seakeeper/check.yaml', line: 4, column: 1, message: 'no' }] },
};

test.each<[string, Partial<Facts>, object]>([
  ['the current patch set of an open change runs', {}, { kind: 'spawn', definitionCommit: COMMIT }],
  ['recheck on the current patch set runs', { event: recheck }, { kind: 'spawn' }],
  [
    'a merged change runs where merging is the event',
    { event: merged, change: change({ status: 'MERGED' }) },
    { kind: 'spawn' },
  ],
  ['a pushed branch runs', { event: pushed(REVISION), change: undefined }, { kind: 'spawn' }],
  [
    'an older patch set does not run',
    { change: change({ currentRevision: OTHER }) },
    filtered('not-the-current-patch-set'),
  ],
  [
    'recheck on an older patch set does not run',
    { event: recheck, change: change({ currentRevision: OTHER }) },
    filtered('not-the-current-patch-set'),
  ],
  ['an abandoned change does not run', { change: change({ status: 'ABANDONED' }) }, filtered('change-closed')],
  ['a merged change does not run for a patch set', { change: change({ status: 'MERGED' }) }, filtered('change-closed')],
  ['a change that is gone does not run', { change: undefined }, filtered('change-not-visible')],
  ['a private change does not run', { change: change({ isPrivate: true }) }, filtered('private-change')],
  ['a deleted branch does not run', { event: pushed('0'.repeat(40)), change: undefined }, filtered('ref-deleted')],
  ['a project without a Project does not run', { project: { kind: 'absent' } }, filtered('no-project')],
  ['a project without the definition does not run', { definition: { kind: 'absent' } }, filtered('no-definition')],
  [
    'what lacks the definition is said, where it is known',
    { definition: { kind: 'absent', commit: 'd'.repeat(40) } },
    { ...filtered('no-definition'), definitionCommit: 'd'.repeat(40) },
  ],
  [
    'a revoked definition does not run on recheck',
    { event: recheck, definition: { kind: 'absent' } },
    filtered('no-definition'),
  ],
  [
    'a project that is not ready waits',
    { project: { kind: 'not-ready', reason: 'no account' } },
    { kind: 'queued', reason: 'project not ready: no account' },
  ],
  [
    'a definition that may not be read waits',
    { definition: { kind: 'not-readable', reason: 'no READ' } },
    { kind: 'queued', reason: 'no READ' },
  ],
  [
    'a refused definition is rejected with its findings',
    { definition: rejected },
    { kind: 'rejected', file: 'seakeeper/check.yaml', definitionCommit: COMMIT, findings: [{ line: 4 }] },
  ],
  [
    'a refused definition says nothing about an older patch set',
    { definition: rejected, change: change({ currentRevision: OTHER }) },
    filtered('not-the-current-patch-set'),
  ],
  [
    'a branch whose name is no identifier does not run',
    { event: event({ change: { project: 'demo', branch: '{{=1}}', number: 7 } }) },
    filtered('unsafe-name'),
  ],
  [
    'an abandonment starts nothing where nobody waits for it',
    { event: abandoned, pipeline: pipeline(), change: ABANDONED },
    filtered('stops-runs'),
  ],
  [
    'an abandonment runs what waits for it',
    { event: abandoned, pipeline: cleanup, change: ABANDONED },
    { kind: 'spawn' },
  ],
  [
    'an abandonment of a change that is open again does nothing',
    { event: abandoned, pipeline: cleanup },
    filtered('change-open'),
  ],
  ['a deletion starts nothing', { event: deleted, change: undefined }, filtered('stops-runs')],
  ['a deletion is believed a moment before it is so', { event: deleted }, filtered('stops-runs')],
  ['who takes a change out starts nothing', { event: cancel, pipeline: cancellable }, filtered('stops-runs')],
  ['other comments start what they did', { event: recheck, pipeline: cancellable }, { kind: 'spawn' }],
  [
    'what waited when its change was taken out does not run',
    { pipeline: cancellable, eventAt: 4, dequeuedAt: 5 },
    filtered('dequeued'),
  ],
  ['what was asked for since runs', { pipeline: cancellable, eventAt: 5, dequeuedAt: 5 }, { kind: 'spawn' }],
  [
    'a dependent pipeline runs nothing as long as there is no gate',
    { pipeline: pipeline({ manager: 'dependent' }) },
    { kind: 'dead-lettered' },
  ],
])('%s', (_what, overrides, expected) => {
  expect(decide(facts(overrides))).toMatchObject(expected);
});

test.each<[string, Partial<Facts>, object | undefined]>([
  ['a new patch set stops runs of older ones', {}, { belowPatchSet: 2, samePatchSet: false }],
  ['a new patch set without a definition stops them too', { definition: { kind: 'absent' } }, { belowPatchSet: 2 }],
  ['a new patch set whose definition is refused stops them too', { definition: rejected }, { belowPatchSet: 2 }],
  ['a first patch set has nothing older to stop', { event: event({ patchSet: FIRST }) }, undefined],
  [
    'recheck of a first patch set stops the run it repeats',
    { event: { ...recheck, patchSet: FIRST } },
    { belowPatchSet: 1, samePatchSet: true },
  ],
  ['recheck stops the run it repeats', { event: recheck }, { belowPatchSet: 2, samePatchSet: true }],
  [
    'recheck that runs nothing stops only older patch sets',
    { event: recheck, definition: { kind: 'absent' } },
    { belowPatchSet: 2, samePatchSet: false },
  ],
  [
    'a topic that makes it run again stops what ran without it',
    { event: event({ type: 'topic-changed' }) },
    { samePatchSet: true },
  ],
  [
    'an abandoned change stops all its runs and says why',
    { change: ABANDONED },
    { belowPatchSet: Number.MAX_SAFE_INTEGER, samePatchSet: true, because: 'change-abandoned' },
  ],
  [
    'an abandonment stops all runs of a pipeline that does not wait for it',
    { event: abandoned, pipeline: pipeline(), change: ABANDONED },
    { belowPatchSet: Number.MAX_SAFE_INTEGER, samePatchSet: true, because: 'change-abandoned' },
  ],
  [
    'an abandonment of a change that is open again stops no run of its patch set',
    { event: abandoned },
    { samePatchSet: false },
  ],
  [
    'a deleted change stops all its runs',
    { event: deleted, change: undefined },
    { belowPatchSet: Number.MAX_SAFE_INTEGER, samePatchSet: true, because: 'change-deleted' },
  ],
  [
    'who takes a change out stops all its runs',
    { event: cancel, pipeline: cancellable },
    { belowPatchSet: Number.MAX_SAFE_INTEGER, samePatchSet: true, because: 'dequeued' },
  ],
  ['an older patch set stops nothing', { change: change({ currentRevision: OTHER }) }, undefined],
  ['a merged change stops nothing', { event: merged, change: change({ status: 'MERGED' }) }, undefined],
  ['a pushed branch stops nothing', { event: pushed(REVISION), change: undefined }, undefined],
])('%s', (_what, overrides, expected) => {
  const decision = decide(facts(overrides));
  const stop = 'stop' in decision ? decision.stop : undefined;

  if (expected === undefined) {
    expect(stop).toBeUndefined();
  } else {
    expect(stop).toMatchObject({ namespace: NAMESPACE, pipeline: 'check', change: 7, ...expected });
  }
});

describe('conditions', () => {
  const wip = pipeline({ require: { wip: false } });
  const files = pipeline({ require: { file: { glob: 'src/**' } } });

  test.each<[string, Partial<Facts>, object]>([
    ['that hold let it run', { pipeline: wip }, { kind: 'spawn' }],
    [
      'that do not hold now end it, whatever the event said',
      { pipeline: wip, change: change({ isWip: true }) },
      {
        ...filtered('conditions-not-met'),
        objections: ['wip is true, wanted false (pipelines.check.require.wip)'],
      },
    ],
    [
      'that a trigger has a word for are told to the author',
      {
        pipeline: pipeline({
          triggers: [{ event: 'patchset-created', require: { wip: false }, unmet: 'Mark it as ready.' }],
        }),
        change: change({ isWip: true }),
      },
      { ...filtered('conditions-not-met'), unmet: 'Mark it as ready.' },
    ],
    [
      'that a trigger may have a word for are asked about first',
      {
        pipeline: pipeline({
          triggers: [
            {
              event: 'patchset-created',
              file: { glob: 'src/**' },
              require: { wip: false },
              unmet: 'Mark it as ready.',
            },
          ],
        }),
        change: change({ isWip: true }),
      },
      { kind: 'ask', needs: [{ kind: 'files' }] },
    ],
    ['that need more ask for it', { pipeline: files }, { kind: 'ask', needs: [{ kind: 'files' }] }],
    ['that were told more decide', { pipeline: files, known: { files: ['src/a'] } }, { kind: 'spawn' }],
    [
      'are looked at after all else: a change that is closed asks nothing',
      { pipeline: files, change: change({ status: 'ABANDONED' }) },
      filtered('change-closed'),
    ],
    [
      'are looked at before a refused definition is told',
      { pipeline: files, known: { files: ['docs/a'] }, definition: rejected },
      filtered('conditions-not-met'),
    ],
  ])('%s', (_what, overrides, expected) => {
    expect(decide(facts(overrides))).toMatchObject(expected);
  });

  test('that are not met stop runs of older patch sets all the same: they have lost their point', () => {
    expect(decide(facts({ pipeline: files, known: { files: ['docs/a'] } }))).toMatchObject({
      stop: { belowPatchSet: 2, samePatchSet: false },
    });
  });
});

test('the same facts come to the same Workflow, and another definition to the same name', () => {
  const [first, again] = [decide(facts()), decide(facts())];
  const changed = decide(facts({ definition: found(undefined, 'd'.repeat(40)) }));

  expect(again).toEqual(first);
  const nameOf = (decision: typeof first) => (decision.kind === 'spawn' ? decision.workflow.metadata.name : undefined);
  expect(nameOf(changed)).toBe(nameOf(first));
});

function filtered(reason: string): object {
  return { kind: 'filtered', reason };
}
