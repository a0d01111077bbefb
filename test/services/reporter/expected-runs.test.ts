import { ExpectedRuns } from '../../../services/reporter/expected-runs';

const KEY = 'ci-demo/run';
const RUN = { namespace: 'ci-demo', name: 'run', uid: 'uid-1' };
const LATE = 3_600_000;

function setup({ synced = true } = {}) {
  const runs = new ExpectedRuns();
  if (synced) {
    runs.synced();
  }
  return runs;
}

describe('ExpectedRuns', () => {
  test('asks for nothing of a run whose Workflow is there, whichever is told first', () => {
    const runs = setup();

    runs.present(KEY, RUN.uid);

    expect(runs.expect(KEY, RUN, 0)).toBeUndefined();
    expect(runs.look(KEY, LATE)).toEqual({});

    const others = setup();
    others.expect(KEY, RUN, 0);
    others.present(KEY, RUN.uid);

    expect(others.look(KEY, LATE)).toEqual({});
  });

  test('leaves the watch its time before it misses a run', () => {
    const runs = setup();
    const againMs = runs.expect(KEY, RUN, 0) ?? 0;

    expect(againMs).toBeGreaterThan(0);
    expect(runs.look(KEY, againMs - 1)).toEqual({ againMs: expect.any(Number) });
    expect(runs.look(KEY, againMs)).toEqual({ run: { workflow: RUN, phase: undefined } });
  });

  test('misses nothing before the first list is complete', () => {
    const runs = setup({ synced: false });
    runs.expect(KEY, RUN, 0);

    expect(runs.look(KEY, LATE).run).toBeUndefined();
    runs.synced();
    expect(runs.look(KEY, LATE).run).toEqual({ workflow: RUN, phase: undefined });
  });

  test.each([
    ['another Workflow has its name', (runs: ExpectedRuns) => runs.present(KEY, 'uid-2')],
    [
      'it came and went',
      (runs: ExpectedRuns) => {
        runs.present(KEY, 'uid-2');
        runs.gone(KEY);
      },
    ],
  ])('misses a run when %s', (_when, happen) => {
    const runs = setup();
    happen(runs);
    runs.expect(KEY, RUN, 0);

    expect(runs.look(KEY, LATE).run?.workflow).toEqual(RUN);
  });

  test('keeps a missing run until it is dealt with', () => {
    const runs = setup();
    runs.lost(KEY, { workflow: RUN, phase: 'Running' });

    expect(runs.look(KEY, 0)).toEqual({ run: { workflow: RUN, phase: 'Running' } });
    expect(runs.look(KEY, 0).run).toBeDefined();
    runs.settled(KEY);
    expect(runs.look(KEY, 0)).toEqual({});
  });
});
