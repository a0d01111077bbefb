import { Pipelines } from '../../../core/pipeline';
import { readHistory } from '../../../services/gateway/change-histories';
import { compileExplain } from '../../../services/gateway/decide-objections';
import type { Verdicts } from '../../../services/gateway/ledger/model-record';
import { created } from './gateway-fixture';

const explain = compileExplain(
  Pipelines.parse([
    { name: 'check', triggers: [{ event: 'patchset-created' }] },
    { name: 'stable', triggers: [{ event: 'patchset-created', branch: '^stable$' }] },
  ]),
);
const STABLE = ["branch is 'master', wanted RE2 '^stable$' (pipelines.stable.triggers[0].branch)"];

/** What a ledger with one event of one patch set tells of it. */
async function pairsOf(verdicts: Verdicts) {
  const event = { key: 'k', event: created(), receivedAt: '2025-11-23T10:00:00.000Z', verdicts };
  const ledger = {
    events: { ofChange: async () => ({ project: 'demo', keys: ['k'] }), find: async () => event },
    latestDecisions: () => new Map(),
  };
  const history = await readHistory(ledger, explain, { project: 'demo', change: 1 });
  expect(history?.events).toHaveLength(1);
  return history?.events[0]?.pairs;
}

describe('a history', () => {
  test('says of a pipeline without a verdict that the event did not match, where it would not today', async () => {
    expect(await pairsOf({ check: 'pass' })).toEqual({
      check: { verdict: 'pass', objections: [] },
      stable: { verdict: 'no-pipeline-match', objections: STABLE },
    });
  });

  test('says nothing of one whose filters of today would let the event pass: it was not asked', async () => {
    expect(await pairsOf({})).toEqual({ stable: { verdict: 'no-pipeline-match', objections: STABLE } });
  });

  test('has what older ledgers recorded, explained where it can be', async () => {
    expect(await pairsOf({ check: 'no-pipeline-match', stable: 'no-pipeline-match', gone: 'own-comment' })).toEqual({
      check: { verdict: 'no-pipeline-match', objections: [] },
      stable: { verdict: 'no-pipeline-match', objections: STABLE },
      gone: { verdict: 'own-comment', objections: [] },
    });
  });
});
