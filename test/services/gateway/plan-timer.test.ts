import { Pipelines } from '../../../core/pipeline';
import { planTimer, timerEvents, timersOf, turnOf } from '../../../services/gateway/plan-timer';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOON = Date.parse('2026-11-30T12:00:00Z');
const timer = (name: string, time: string, branch: object, more: object = {}) => ({
  name,
  triggers: [{ event: 'timer', time, branch, ...more }],
});
const [HOURLY] = timersOf(Pipelines.parse([timer('hourly', '0 * * * *', { plain: 'main' }, { jitterSeconds: 60 })]));
if (HOURLY === undefined) throw new Error('no timer');

test('pipelines with the same schedule share a timer, with the branches of all', () => {
  const pipelines = Pipelines.parse([
    timer('one', '0 3 * * *', { plain: 'main' }),
    timer('other', '0 3 * * *', [{ plain: 'main' }, { plain: 'stable' }]),
    timer('third', '0 3 * * *', { plain: 'main' }, { jitterSeconds: 5 }),
    { name: 'check', triggers: [{ event: 'patchset-created' }] },
  ]);

  expect(timersOf(pipelines).map(({ jitterSeconds, branches }) => [jitterSeconds, branches])).toEqual([
    [0, ['main', 'stable']],
    [5, ['main']],
  ]);
});

describe('a timer', () => {
  const step = (now: number, told: readonly number[], keptMs = 14 * DAY) =>
    planTimer(HOURLY, now, (instant) => told.includes(instant), keptMs);

  test('waits for its next instant when the last one is told', () => {
    expect(step(NOON + 1, [NOON])).toEqual({ kind: 'wait', until: NOON + HOUR });
  });

  test('tells an instant that has come', () => {
    expect(step(NOON, [NOON - HOUR])).toEqual({ kind: 'tell', instant: NOON });
  });

  test('makes up for the last one only, however many were missed', () => {
    expect(step(NOON + 5, [NOON - 9 * HOUR])).toEqual({ kind: 'tell', instant: NOON });
  });

  test('that is new makes up for nothing', () => {
    expect(step(NOON + 5, [])).toEqual({ kind: 'begin', instant: NOON });
  });

  test('of which nothing is known any more is new', () => {
    expect(step(NOON, [NOON - 3 * HOUR], 2 * HOUR)).toEqual({ kind: 'begin', instant: NOON });
  });
});

test('an instant is one event for each branch that is there, of the commit it points to', () => {
  const tips = { 'refs/heads/main': 'a'.repeat(40), 'refs/heads/other': 'b'.repeat(40) };

  expect(timerEvents(HOURLY, NOON, { name: 'demo', tips })).toEqual([
    {
      type: 'timer',
      source: 'clock',
      refUpdate: { project: 'demo', refName: 'refs/heads/main', oldRev: 'a'.repeat(40), newRev: 'a'.repeat(40) },
      timer: { time: '0 * * * *', jitterSeconds: 60, at: '2026-11-30T12:00:00.000Z' },
    },
  ]);
  expect(timerEvents(HOURLY, NOON, { name: 'demo', tips: {} })).toEqual([]);
});

test('turns spread over the jitter, and each project has its own every time', () => {
  const turns = (instant: number) =>
    Array.from({ length: 2_000 }, (_, at) => {
      const [event] = timerEvents(HOURLY, instant, { name: `p${at}`, tips: { 'refs/heads/main': 'a' } });
      return event === undefined ? Number.NaN : turnOf(event) - instant;
    });
  const first = turns(NOON);

  expect(turns(NOON + HOUR)).toEqual(first);
  const bySecond = new Map<number, number>();
  for (const turn of first) {
    bySecond.set(Math.floor(turn / 1000), (bySecond.get(Math.floor(turn / 1000)) ?? 0) + 1);
  }
  expect(bySecond.size).toBe(60);
  expect(Math.max(...bySecond.values())).toBeLessThan(80);
  expect(Math.max(...first)).toBeLessThan(60_000);
});
