import { pino } from 'pino';
import type { Decision } from '../../../../core/decision';
import { AdmissionConfig } from '../../../../core/service-config';
import { Admission } from '../../../../services/trigger/admission/admission';
import { NOTHING } from '../../../../services/trigger/admission/model-amount';
import type { WaitingRun } from '../../../../services/trigger/admission/model-line';
import type { Pair } from '../../../../services/trigger/ports';
import { look, run } from './fixtures';

const BEGIN = Date.parse('2026-01-01T00:00:00Z');
const pair = (key: string): Pair => ({ key, pipeline: 'check', project: 'demo' });
const settle = () => jest.advanceTimersByTimeAsync(1_000);

beforeEach(() => jest.useFakeTimers({ now: BEGIN }));
afterEach(() => jest.useRealTimers());

function setup(config: Partial<AdmissionConfig> = {}) {
  const recorded: { key: string; decision: Decision }[] = [];
  const turns: string[] = [];
  const ledger = {
    failing: false,
    putDecision: async (key: string, _pipeline: string, decision: Decision) => {
      if (ledger.failing) {
        throw new Error('ledger is away');
      }
      recorded.push({ key, decision });
      return 'recorded' as const;
    },
  };
  const admission = new Admission({
    config: AdmissionConfig.parse({ parallelism: 1, ...config }),
    quotas: { look: async () => look({}, { at: Date.now() }) },
    ledger,
    log: pino({ level: 'silent' }),
    onTurn: ({ key }) => turns.push(key),
  });
  admission.synced();
  admission.start();
  const ask = (key: string, parts: Partial<WaitingRun> = {}) =>
    admission.ask({
      pair: pair(key),
      run: run(`ci-demo/${key}`, { receivedAt: Date.now(), ...parts }),
      work: undefined,
      look: look({}, { at: Date.now() }),
    });
  return { admission, ask, recorded, turns, ledger };
}

test('a run that waits longer than it should is recorded with what holds it back and its place', async () => {
  const { admission, ask, recorded } = setup();
  ask('runs');
  ask('gate', { precedence: 'gate' });
  ask('first');
  ask('second');

  await jest.advanceTimersByTimeAsync(59_000);
  expect(recorded).toEqual([]);
  await jest.advanceTimersByTimeAsync(3_000);

  expect(recorded).toHaveLength(3);
  expect(recorded.at(-1)).toEqual({
    key: 'second',
    decision: {
      kind: 'queued',
      reason: 'held back by cluster-parallelism: 1 of 1 taken, wants 1; place 3 of 3',
      wait: {
        since: '2026-01-01T00:00:00.000Z',
        limit: 'cluster-parallelism',
        used: '1',
        hard: '1',
        wanted: '1',
        place: 3,
        of: 3,
        ahead: { gate: 1, check: 1 },
        precedence: 'check',
        raise: 'RelEng, as seakeeper:system.parallelism in stack config',
      },
    },
  });
  await admission.stop();
});

test('its place is recorded anew when it has changed, and not before', async () => {
  const { admission, ask, recorded, turns } = setup();
  ask('runs');
  ask('first');
  ask('second');
  await jest.advanceTimersByTimeAsync(62_000);
  await jest.advanceTimersByTimeAsync(60_000);
  expect(recorded).toHaveLength(2);

  admission.leave(pair('runs'));
  expect(turns).toEqual(['first']);
  await jest.advanceTimersByTimeAsync(20_000);

  expect(recorded.slice(2)).toMatchObject([{ key: 'second', decision: { wait: { place: 1, of: 1 } } }]);
  await admission.stop();
});

test('a wait that could not be recorded is recorded later', async () => {
  const { admission, ask, recorded, ledger } = setup();
  ask('runs');
  ask('first');
  ledger.failing = true;
  await jest.advanceTimersByTimeAsync(65_000);
  ledger.failing = false;
  await jest.advanceTimersByTimeAsync(2_000);

  expect(recorded).toHaveLength(1);
  await admission.stop();
});

test('a run that is let in by the end of another asks again and goes', async () => {
  const { admission, ask, turns } = setup();
  expect([ask('runs'), ask('first')]).toEqual(['go', 'wait']);

  admission.seen({ ...run('ci-demo/runs'), need: NOTHING });
  admission.done(pair('runs'));
  admission.gone('ci-demo/runs');
  await settle();

  expect(turns).toEqual(['first']);
  expect(ask('first')).toBe('go');
  await admission.stop();
});
