import type { EventHistory } from '../../../../core/change-history';
import { Pipelines } from '../../../../core/pipeline';
import { isOpen } from '../../../../services/shared/why/model-answer';
import { isHidden, modelWhy, runsOf } from '../../../../services/shared/why/model-why';
import { COMMIT, event, history, PIPELINES, passed, spawned, unmatched, WAIT } from './fixtures';

const answer = (events: readonly EventHistory[], patchSet?: number, phase?: string) =>
  modelWhy({ history: history(...events), pipelines: PIPELINES, phaseOf: () => phase, patchSet });
const outcomes = (events: readonly EventHistory[], pipeline = 'check') =>
  answer(events).patchSets[0]?.pipelines.find((each) => each.pipeline === pipeline)?.outcomes ?? [];
const kinds = (events: readonly EventHistory[], pipeline?: string) =>
  outcomes(events, pipeline).map((outcome) => outcome.kind);

const pushed = (pair = passed(spawned('a'))) => event('patchset-created', { check: pair, post: unmatched('no') });
const said = (pair = unmatched("comment does not fit, wanted RE2 '^recheck$'")) =>
  event('comment-added', { check: pair, post: unmatched('no') });

describe('why', () => {
  test('puts the newest patch set first', () => {
    const events = [1, 3, 2].map((patchSet) => event('patchset-created', { check: passed() }, { patchSet }));

    expect(answer(events).patchSets.map(({ patchSet }) => patchSet)).toEqual([3, 2, 1]);
    expect(answer(events, 2).patchSets.map(({ patchSet }) => patchSet)).toEqual([2]);
  });

  test('says of a run which Workflow, at which commit, and where it is', () => {
    expect(answer([pushed()], undefined, 'Running').patchSets[0]?.pipelines[0]?.outcomes).toEqual([
      expect.objectContaining({ kind: 'ran', workflow: 'a', commit: COMMIT, phase: 'Running' }),
    ]);
  });

  test('says the newest of what was handed on first', () => {
    const again = said(passed({ kind: 'queued', reason: 'held back', wait: WAIT }));

    expect(kinds([pushed(), again])).toEqual(['waits', 'ran']);
  });

  test('says that a run waits before it says that asking for it again was no use', () => {
    const waiting = pushed(passed({ kind: 'queued', reason: 'held back', wait: WAIT }));
    const again = said(passed({ kind: 'filtered', reason: 'already-waiting' }));

    expect(kinds([waiting, again])).toEqual(['waits', 'not-started']);
  });

  test('lets no talk stand before a run, and tells all the same why the last of it started nothing', () => {
    const told = outcomes([pushed(), said(unmatched('first')), said(unmatched('second'))]);

    expect(told).toMatchObject([{ kind: 'ran' }, { kind: 'not-started', objections: ['second'] }]);
  });

  test('says why what was pushed did not match before it says why talk did not', () => {
    const told = outcomes([pushed(unmatched('branch')), said(unmatched('words'))]);

    expect(told).toMatchObject([{ objections: ['branch'] }, { objections: ['words'] }]);
  });

  test('does not take the question for an answer', () => {
    const question = event('comment-added', { check: unmatched('words') }, { asksWhy: true });

    expect(kinds([pushed(), question])).toEqual(['ran']);
    expect(kinds([question])).toEqual(['not-seen']);
  });

  test('says what would start a pipeline that nothing could have started yet', () => {
    expect(outcomes([pushed()], 'post')).toEqual([{ kind: 'not-seen', wanted: ['change-merged'], omitted: 0 }]);
    expect(answer([pushed()], 9).patchSets[0]?.pipelines[0]?.outcomes).toEqual([
      { kind: 'not-seen', wanted: ['patchset-created', 'comment-added'], omitted: 0 },
    ]);
  });

  test('knows triggers that wait for several kinds of events', () => {
    const pipelines = Pipelines.parse([
      { name: 'check', triggers: [{ event: ['change-restored', 'patchset-created'] }, { event: 'change-restored' }] },
    ]);
    const why = (...events: EventHistory[]) =>
      modelWhy({ history: history(...events), pipelines, phaseOf: () => undefined, patchSet: 1 }).patchSets[0]
        ?.pipelines[0]?.outcomes;

    expect(why()).toMatchObject([{ wanted: ['change-restored', 'patchset-created'] }]);
    expect(why(event('patchset-created', {}))).toMatchObject([{ kind: 'not-asked' }]);
    expect(why(event('patchset-created', { check: unmatched('no') }))).toMatchObject([{ objections: ['no'] }]);
  });

  test('tells of a run first, and then of what stopped it', () => {
    const end = event('change-abandoned', { check: passed({ kind: 'filtered', reason: 'stops-runs' }) });

    expect(outcomes([pushed(), end])).toMatchObject([
      { kind: 'ran' },
      { kind: 'not-started', event: { type: 'change-abandoned' }, reason: 'stops-runs' },
    ]);
  });

  test('tells conditions that Gerrit’s answer did not meet', () => {
    const objections = ['wip is true, wanted false (pipelines.check.require.wip)'];

    expect(outcomes([pushed(passed({ kind: 'filtered', reason: 'conditions-not-met', objections }))])).toMatchObject([
      { kind: 'not-started', reason: 'conditions-not-met', objections },
    ]);
    expect(outcomes([pushed(passed({ kind: 'filtered', reason: 'conditions-not-met' }))])).toMatchObject([
      { kind: 'not-started', reason: 'conditions-not-met', objections: [] },
    ]);
  });

  test('says that a pipeline is younger than the event, and still what one did that is gone', () => {
    expect(kinds([event('patchset-created', {})])).toEqual(['not-asked']);
    expect(kinds([event('patchset-created', { old: passed(spawned('b')) })], 'old')).toEqual(['ran']);
  });

  test.each([
    ['a definition that was refused', 'rejected', { kind: 'rejected', file: 'f', definitionCommit: 'c', findings: [] }],
    ['an event that was given up', 'given-up', { kind: 'dead-lettered', reason: 'r' }],
    ['one that was filtered', 'not-started', { kind: 'filtered', reason: 'no-project' }],
  ])('says %s', (_what, kind, decision) => {
    expect(kinds([pushed(passed(decision as never))])).toEqual([kind]);
  });

  test('is open as long as something may become of it', () => {
    expect(isOpen(answer([pushed(passed())]))).toBe(true);
    expect(isOpen(answer([pushed()], undefined, 'Running'))).toBe(true);
    expect(isOpen(answer([pushed()], undefined, 'Succeeded'))).toBe(false);
    expect(isOpen(answer([pushed()]))).toBe(false);
  });
});

describe('a history', () => {
  test('names its runs, the newest first', () => {
    expect(runsOf(history(pushed(), said(passed(spawned('b'))))).map(({ name }) => name)).toEqual(['b', 'a']);
  });

  test.each<[string, boolean, EventHistory[]]>([
    ['of a change everybody may see', false, [pushed()]],
    ['of which nothing is known', true, []],
    ['whose change is private', true, [pushed(), event('comment-added', {}, { isPrivate: true })]],
    ['whose change was private once', false, [event('patchset-created', {}, { isPrivate: true }), pushed()]],
    ['the trigger found private', true, [pushed(passed({ kind: 'filtered', reason: 'private-change' }))]],
    ['the trigger could not see', true, [pushed(passed({ kind: 'filtered', reason: 'change-not-visible' }))]],
  ])('%s is hidden: %s', (_what, expected, events) => {
    expect(isHidden(history(...events))).toBe(expected);
  });
});
