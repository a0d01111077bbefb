import { Annotation } from '../../../core/labels';
import {
  decideReport,
  decideVerdict,
  decideWhetherToLook,
  type ReportFacts,
  type Verdict,
} from '../../../services/reporter/decide';
import { ACCOUNT, change, pipeline, REVISION, runRecord, workflow } from './fixtures';

const NOW = Date.parse('2025-11-23T10:05:00Z');
const EXIT_1 = { name: 'lint', phase: 'Failed', message: 'main: Error (exit code 1)' };

describe('decideWhetherToLook', () => {
  test('looks at the patch set the ledger says the run tested', () => {
    expect(decideWhetherToLook(workflow(), runRecord(), NOW)).toEqual({
      kind: 'look',
      target: { project: 'demo', change: 7, patchSet: 2, revision: REVISION },
    });
  });

  test.each(['', 'Pending', 'Running'])('leaves a Workflow in phase %j alone', (phase) => {
    expect(decideWhetherToLook(workflow({ phase }), runRecord(), NOW)).toMatchObject({ reason: 'still-running' });
  });

  test('leaves a Workflow alone that has been reported', () => {
    const reported = workflow({ annotations: { [Annotation.reported]: 'Succeeded' } });

    expect(decideWhetherToLook(reported, runRecord(), NOW)).toMatchObject({ reason: 'already-reported' });
  });

  test('waits a while for the record of a Workflow that has just been created', () => {
    expect(decideWhetherToLook(workflow(), undefined, NOW)).toEqual({ kind: 'leave', reason: 'not-ours', wait: true });
  });

  test('leaves a Workflow alone that the ledger never recorded', () => {
    const later = NOW + 3_600_000;

    expect(decideWhetherToLook(workflow(), undefined, later)).toEqual({ kind: 'leave', reason: 'not-ours' });
  });

  test('has nothing to say of a run that no change started', () => {
    const run = runRecord({ change: undefined, patchSet: undefined });

    expect(decideWhetherToLook(workflow(), run, NOW)).toEqual({ kind: 'close', reason: 'no-change' });
  });
});

describe('decideVerdict', () => {
  test('takes a step that ended with an exit code for a failure of the change', () => {
    const verdict = decideVerdict(workflow({ phase: 'Failed', nodes: [EXIT_1] }));

    expect(verdict).toMatchObject({ kind: 'failed', step: { name: 'lint' }, timedOut: false });
  });

  test('names the step that failed first', () => {
    const verdict = decideVerdict(
      workflow({
        phase: 'Failed',
        nodes: [
          { ...EXIT_1, name: 'slow', finishedAt: '2025-11-23T10:09:00Z' },
          { ...EXIT_1, name: 'quick', finishedAt: '2025-11-23T10:01:00Z' },
        ],
      }),
    );

    expect(verdict).toMatchObject({ step: { name: 'quick' } });
  });

  test('passes over an attempt that a retry made good', () => {
    const verdict = decideVerdict(
      workflow({
        phase: 'Failed',
        nodes: [
          { ...EXIT_1, name: 'flaky(0)' },
          { name: 'flaky(1)', phase: 'Succeeded' },
          { name: 'flaky', type: 'Retry', phase: 'Succeeded', children: ['flaky(0)', 'flaky(1)'] },
          { ...EXIT_1, name: 'broken' },
        ],
      }),
    );

    expect(verdict).toMatchObject({ kind: 'failed', step: { name: 'broken' } });
  });

  test.each([
    ['succeeded at last', 'Succeeded', undefined],
    ['was taken at last', 'Error', 'errored'],
    ['failed at last', 'Failed', 'failed'],
  ])('judges several attempts by the last one: a step that %s', (_how, phase, kind) => {
    const message = phase === 'Failed' ? EXIT_1.message : 'pod deleted';
    const verdict = decideVerdict(
      workflow({
        phase: kind === undefined ? 'Succeeded' : 'Failed',
        nodes: [
          { ...EXIT_1, name: 'flaky(0)', message: phase === 'Failed' ? 'main: Error (exit code 137)' : EXIT_1.message },
          { name: 'flaky(1)', phase, message },
          { name: 'flaky', type: 'Retry', phase, children: ['flaky(0)', 'flaky(1)'] },
        ],
      }),
    );

    expect(verdict).toMatchObject(
      kind === 'failed' ? { kind, step: { name: 'flaky(1)' } } : { kind: kind ?? 'succeeded' },
    );
  });

  test('takes no exit code of a pod that was told to end for a judgement', () => {
    const given = workflow({ phase: 'Failed', nodes: [EXIT_1, { ...EXIT_1, name: 'own fault' }] });

    expect(decideVerdict(given, new Set(['lint']))).toMatchObject({ kind: 'failed', step: { name: 'own fault' } });
    expect(decideVerdict(given, new Set(['lint', 'own fault']))).toMatchObject({ kind: 'errored' });
  });

  test.each([
    ['evicted', { phase: 'Failed', message: 'The node was low on resource: memory.' }],
    ['preempted', { phase: 'Failed', message: 'Preempted in order to admit critical pod' }],
    ['ended from outside', { phase: 'Failed', message: 'main: Error (exit code 143)' }],
    ['deleted', { phase: 'Error', message: 'pod deleted' }],
    [
      'left without its image',
      { phase: 'Error', message: 'Pod failed before main container starts due to ImagePullBackOff' },
    ],
    ['let down by the executor', { phase: 'Error', message: 'wait: Error (exit code 64): failed to put file' }],
  ])('does not blame the change for a pod that was %s', (_how, node) => {
    const verdict = decideVerdict(workflow({ phase: 'Failed', nodes: [{ name: 'build', ...node }] }));

    expect(verdict).toEqual({ kind: 'errored', cause: `build: ${node.message}` });
  });

  test('does not blame the change when Argo calls the run an error', () => {
    const verdict = decideVerdict(workflow({ phase: 'Error', message: 'quota object changed' }));

    expect(verdict).toEqual({ kind: 'errored', cause: 'quota object changed' });
  });

  test('takes a step that ran out of time for a failure of the change', () => {
    const nodes = [{ name: 'loop', phase: 'Failed', message: 'Step exceeded its deadline' }];

    expect(decideVerdict(workflow({ phase: 'Failed', nodes }))).toMatchObject({ kind: 'failed', timedOut: true });
  });

  test('does not blame the change for a pod that waited for room until the deadline', () => {
    const nodes = [{ name: 'build', phase: 'Failed', message: 'Step exceeded its deadline', hostNodeName: undefined }];

    expect(decideVerdict(workflow({ phase: 'Failed', nodes }))).toMatchObject({ kind: 'errored' });
  });

  test('knows why the trigger stopped a run, and takes no other word for it', () => {
    const stopped = (because: string) => {
      const run = workflow({ phase: 'Failed', shutdown: 'Terminate' });
      return { ...run, metadata: { ...run.metadata, annotations: { [Annotation.stoppedBecause]: because } } };
    };

    expect(decideVerdict(stopped('dequeued'))).toEqual({ kind: 'stopped', because: 'dequeued' });
    expect(decideVerdict(stopped('I said so'))).toEqual({ kind: 'stopped' });
  });

  test('calls a run stopped that somebody shut down, whatever its pods say', () => {
    expect(decideVerdict(workflow({ phase: 'Failed', shutdown: 'Terminate', nodes: [EXIT_1] }))).toEqual({
      kind: 'stopped',
    });
  });
});

describe('decideReport', () => {
  const facts = (overrides: Partial<ReportFacts> = {}): ReportFacts => ({
    target: { project: 'demo', change: 7, patchSet: 2, revision: REVISION },
    account: ACCOUNT,
    tag: 'autogenerated:ci-test',
    marker: '/job/test/ci-demo.wf',
    verdict: { kind: 'succeeded' },
    pipeline: pipeline(),
    change: change(),
    superseded: false,
    afterMerge: false,
    ...overrides,
  });
  const failed: Verdict = decideVerdict(workflow({ phase: 'Failed', nodes: [EXIT_1] }));
  const said = {
    author: ACCOUNT,
    tag: 'autogenerated:ci-test',
    text: 'Patch Set 2: Verified+1\n\nBuild succeeded.\n\n- test https://ci.test/job/test/ci-demo.wf : SUCCESS in 1s',
  };

  test.each([
    ['a good run', { kind: 'succeeded' } as const, { label: 'Verified', value: 1 }],
    ['a failed run', failed, { label: 'Verified', value: -1 }],
    ['a run that could not run', { kind: 'errored', cause: 'evicted' } as const, undefined],
    ['a stopped run', { kind: 'stopped' } as const, undefined],
  ])('votes on %s as its verdict asks', (_name, verdict, vote) => {
    expect(decideReport(facts({ verdict }))).toMatchObject({ kind: 'report', vote });
  });

  test('votes what the pipeline says', () => {
    const configured = pipeline({ label: { name: 'Lint', success: 2, failure: -2 } });

    expect(decideReport(facts({ pipeline: configured, verdict: failed }))).toMatchObject({
      kind: 'report',
      vote: { label: 'Lint', value: -2 },
    });
  });

  test.each([
    ['has no label', pipeline({ label: undefined })],
    ['is no longer configured', undefined],
  ])('reports without a vote when the pipeline %s', (_name, configured) => {
    expect(decideReport(facts({ pipeline: configured }))).toMatchObject({ kind: 'report', vote: undefined });
  });

  test('says nothing about a patch set that is no longer current', () => {
    expect(decideReport(facts({ change: change({ currentRevision: 'f'.repeat(40) }) }))).toEqual({
      kind: 'close',
      reason: 'superseded',
    });
  });

  test('says nothing about a run that a newer one of the same patch set replaced', () => {
    expect(decideReport(facts({ superseded: true, verdict: { kind: 'stopped' } }))).toMatchObject({
      reason: 'superseded',
    });
  });

  test('says once and without a vote that a run was stopped with its change', () => {
    const verdict = { kind: 'stopped', because: 'change-abandoned' } as const;
    const abandoned = change({ status: 'ABANDONED' });

    expect(decideReport(facts({ change: abandoned, verdict }))).toEqual({
      ...{ kind: 'report', vote: undefined },
      ...{ notify: 'NONE', attention: [] },
    });
    expect(decideReport(facts({ change: change({ status: 'ABANDONED', messages: [said] }), verdict }))).toMatchObject({
      reason: 'already-there',
    });
    expect(decideReport(facts({ change: abandoned, verdict: { kind: 'stopped' } }))).toMatchObject({
      reason: 'superseded',
    });
  });

  test('reports on a merged change without a vote', () => {
    expect(decideReport(facts({ change: change({ status: 'MERGED' }) }))).toMatchObject({
      kind: 'report',
      vote: undefined,
    });
  });

  test.each(['stopped', 'removed'] as const)(
    'says of a closed change that a run was %s only when it began closed',
    (kind) => {
      const workflow = { namespace: 'ci-demo', name: 'wf', uid: 'uid-1' };
      const verdict: Verdict =
        kind === 'stopped'
          ? { kind }
          : { kind, removal: { workflow, startedAt: '2025-11-23T10:00:00.000Z', phase: undefined } };
      const given = facts({ verdict, change: change({ status: 'MERGED' }) });

      expect(decideReport(given)).toEqual({ kind: 'close', reason: 'superseded' });
      expect(decideReport({ ...given, afterMerge: true })).toMatchObject({ kind: 'report', vote: undefined });
    },
  );

  test('says nothing of a change that is gone', () => {
    expect(decideReport(facts({ change: undefined }))).toMatchObject({ reason: 'change-not-found' });
  });

  test('says nothing twice', () => {
    expect(decideReport(facts({ change: change({ messages: [said] }) }))).toMatchObject({ reason: 'already-there' });
  });

  test.each([
    ['somebody else', { ...said, author: 'mallory' }],
    ['another tag', { ...said, tag: 'autogenerated:ci-gate' }],
    ['another run', { ...said, text: said.text.replace('ci-demo.wf', 'ci-demo.wf2') }],
  ])('does not take a message of %s for its own', (_name, message) => {
    expect(decideReport(facts({ change: change({ messages: [message] }) })).kind).toBe('report');
  });
});
