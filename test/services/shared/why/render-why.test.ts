import type { EventHistory } from '../../../../core/change-history';
import type { Decision } from '../../../../core/decision';
import { WhyAnswer } from '../../../../services/shared/why/model-answer';
import { modelWhy } from '../../../../services/shared/why/model-why';
import { renderWhy } from '../../../../services/shared/why/render-why';
import { COMMIT, event, history, NAMESPACE, PIPELINES, passed, spawned, unmatched, WAIT } from './fixtures';

const answer = (events: readonly EventHistory[], phase?: string) =>
  modelWhy({ history: history(...events), pipelines: PIPELINES.slice(0, 1), phaseOf: () => phase });
const lines = (events: readonly EventHistory[], phase?: string) =>
  renderWhy(answer(events, phase), { linkOf: (path) => `https://ci.test${path}` }).split('\n');
const lineOf = (decision: Decision | undefined, phase?: string) => {
  const [, line = ''] = lines([event('patchset-created', { check: passed(decision) })], phase);
  return line.replace(/ \[patchset-created, [\d-]+ [\d:]+ UTC\]$/, '');
};
const LINK = `https://ci.test/job/check/${NAMESPACE}.demo-7-1`;
const BY = 'by seakeeper/check.yaml at refs/meta/config 0123456789ab';

describe('the answer as text', () => {
  test.each<[Decision | undefined, string | undefined, string]>([
    [spawned('demo-7-1'), 'Succeeded', `check: ran as demo-7-1 (${LINK}) — SUCCESS, ${BY}`],
    [spawned('demo-7-1'), 'Failed', `check: ran as demo-7-1 (${LINK}) — FAILED, ${BY}`],
    [spawned('demo-7-1'), 'Running', `check: ran as demo-7-1 (${LINK}) — running, ${BY}`],
    [spawned('demo-7-1'), undefined, `check: ran as demo-7-1 (${LINK}) — no longer kept, ${BY}`],
    [
      { kind: 'queued', reason: 'held back', wait: WAIT },
      undefined,
      'check: waits: 3rd of 7 in line, quota requests.cpu 4/4 and it wants 500m; who can raise it: ServiceOps, as seakeeper:classes.default.executors in stack config',
    ],
    [{ kind: 'queued', reason: 'project not ready: x' }, undefined, 'check: waits: project not ready: x'],
    [{ kind: 'queued', reason: 'received' }, undefined, 'check: waits: received, and not decided yet'],
    [undefined, undefined, 'check: on its way: recorded, and not looked at yet'],
    [
      { kind: 'filtered', reason: 'no-definition', definitionCommit: COMMIT },
      undefined,
      'check: no seakeeper/check.yaml at refs/meta/config 0123456789ab',
    ],
    [
      { kind: 'reviewed', findings: [], summary: [] },
      undefined,
      'check: reviewed: the definitions it proposes are valid; the comment on the change says more',
    ],
    [
      { kind: 'reviewed', findings: [{ path: 'f', line: 1, column: 1, message: 'of few' }], summary: ['of few'] },
      undefined,
      'check: reviewed: the definitions it proposes have 1 problem; the comment on the change says more',
    ],
    [{ kind: 'filtered', reason: 'no-definition' }, undefined, 'check: no seakeeper/check.yaml at refs/meta/config'],
    [{ kind: 'filtered', reason: 'private-change' }, undefined, 'check: not started: the change is private'],
    [
      { kind: 'filtered', reason: 'conditions-not-met' },
      undefined,
      'check: not started: what Gerrit said of it was not what the pipeline wants',
    ],
    [
      { kind: 'filtered', reason: 'conditions-not-met', objections: ['wip is true, wanted false (p)', 'b (q)'] },
      undefined,
      'check: not started: wip is true, wanted false (p); b (q)',
    ],
    [
      {
        kind: 'rejected',
        file: 'seakeeper/check.yaml',
        definitionCommit: COMMIT,
        findings: [1, 2, 3, 4, 5].map((line) => ({ path: 'seakeeper/check.yaml', line, column: 1, message: 'no' })),
      },
      undefined,
      'check: rejected: seakeeper/check.yaml:1: no; seakeeper/check.yaml:2: no; seakeeper/check.yaml:3: no; and 2 more, at refs/meta/config 0123456789ab',
    ],
    [{ kind: 'dead-lettered', reason: 'seven days' }, undefined, 'check: given up: seven days'],
  ])('says of %j (%s) one line', (decision, phase, expected) => {
    expect(lineOf(decision, phase)).toBe(expected);
  });

  test('names the event, and the condition that said no with its place', () => {
    const said = unmatched("branch is 'stable', wanted RE2 '^main$' (pipelines.check.triggers[0].branch)");

    expect(lines([event('patchset-created', { check: said }, { at: '2025-11-23T10:00:00.000Z' })])).toEqual([
      'demo 7,1',
      "check: not started: branch is 'stable', wanted RE2 '^main$' (pipelines.check.triggers[0].branch) [patchset-created, 2025-11-23 10:00:00 UTC]",
      '',
    ]);
  });

  test('says what was not seen', () => {
    expect(
      renderWhy(modelWhy({ history: history(), pipelines: PIPELINES, phaseOf: () => undefined, patchSet: 2 })),
    ).toBe(
      [
        'demo 7,2',
        'check: not started: no patchset-created or comment-added was seen for this patch set',
        'post: not started: no change-merged was seen for this patch set',
        '',
      ].join('\n'),
    );
  });

  test('does not call unseen what it did not look at', () => {
    const long = { ...history(), omitted: 12 };
    const text = renderWhy(modelWhy({ history: long, pipelines: PIPELINES, phaseOf: () => undefined, patchSet: 2 }));

    expect(text).toContain('was seen for this patch set; 12 older events of the change were not looked at');
  });

  test('tells everything of a pipeline that is asked about, and of others that there is more', () => {
    const again = event('comment-added', { check: passed(spawned('b')) });
    const both = answer([event('patchset-created', { check: passed(spawned('a')) }), again]);

    expect(renderWhy(both)).toMatch(/^demo 7,1\ncheck: ran as b .*\(and 1 more\)\n$/);
    expect(renderWhy(both, { pipeline: 'check' })).toMatch(/^demo 7,1\ncheck: ran as b .*\ncheck: ran as a .*\n$/);
    expect(renderWhy(both, { pipeline: 'post' })).toBe('demo 7,1\n');
  });

  test.each([
    ['1', '1st'],
    ['2', '2nd'],
    ['11', '11th'],
    ['13', '13th'],
    ['22', '22nd'],
    ['111', '111th'],
    ['100', '100th'],
  ])('counts places as people do: %s', (place, expected) => {
    const wait = { ...WAIT, place: Number(place), of: 200 };

    expect(lineOf({ kind: 'queued', reason: 'r', wait })).toContain(`waits: ${expected} of 200 in line`);
  });

  test('stays one line for each pipeline, and free of what result tabs read, whatever a tenant wrote', () => {
    const hostile = 'x\n- test https://evil.test/job/test/1 : SUCCESS in 1s\u202e';
    const findings = [{ path: hostile, line: 1, column: 1, message: hostile }];
    const refused: Decision = { kind: 'rejected', file: 'f', definitionCommit: COMMIT, findings };
    const text = renderWhy(answer([event('patchset-created', { check: passed(refused) })]));

    expect(text.trimEnd().split('\n')).toHaveLength(2);
    expect(text).not.toMatch(/\/job\/|\u202e/);
  });

  test('is the same after it was sent as JSON', () => {
    const made = answer([event('patchset-created', { check: passed(spawned('a')) })], 'Running');

    expect(WhyAnswer.parse(JSON.parse(JSON.stringify(made)))).toEqual(made);
  });
});
