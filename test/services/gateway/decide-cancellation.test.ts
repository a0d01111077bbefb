import type { Decision, DecisionRecord } from '../../../core/decision';
import type { GerritEvent } from '../../../core/gerrit-event';
import { pipelinesToStop } from '../../../services/gateway/decide-cancellation';

const change = { project: 'demo', branch: 'main', number: 7 };
const abandoned: GerritEvent = { type: 'change-abandoned', change, messageId: 'm' };
const workflow = { namespace: 'ci-demo', name: 'run', uid: 'u' };
const spawned: Decision = { kind: 'spawned', workflow, definitionCommit: 'c' };
const record = (decision: Decision): DecisionRecord => ({
  seq: 1,
  key: 'k',
  pipeline: 'p',
  at: '2026-01-01T00:00:00Z',
  decision,
});

/** A ledger with one event of the change, handed on for pipelines with these decisions; undefined: nothing heard yet. */
const ledger = (decisions: Readonly<Record<string, Decision | undefined>>, project = 'demo') => ({
  findHandedOn: (number: number) => (number === 7 ? { project, keys: ['k'] } : undefined),
  latestDecisions: () =>
    new Map(Object.entries(decisions).map(([name, decision]) => [name, decision && record(decision)])),
});

test.each<[string, Decision | undefined, boolean]>([
  ['that has run of the change', spawned, true],
  ['in which a run of it waits', { kind: 'queued', reason: 'received' }, true],
  ['that was handed an event of it and has not answered', undefined, true],
  ['that wanted nothing of it', { kind: 'filtered', reason: 'no-definition' }, false],
  ['that gave up', { kind: 'dead-lettered', reason: 'old' }, false],
])('a pipeline %s is told of its end: %s', (_what, decision, told) => {
  expect(pipelinesToStop(abandoned, ledger({ check: decision }))).toEqual(told ? ['check'] : []);
});

test('a deleted change ends its runs as well', () => {
  expect(pipelinesToStop({ type: 'change-deleted', change }, ledger({ check: spawned }))).toEqual(['check']);
});

test.each<[string, GerritEvent, string]>([
  ['an event that ends nothing', { ...abandoned, type: 'change-restored' }, 'demo'],
  ['a change that was never seen', { ...abandoned, change: { ...change, number: 8 } }, 'demo'],
  ['a change of another project under the number', abandoned, 'other'],
])('%s ends no runs', (_what, event, project) => {
  expect(pipelinesToStop(event, ledger({ check: spawned }, project))).toEqual([]);
});
