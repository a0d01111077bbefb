import { FIRST_START, nextRestart } from '../../../../local/cluster/supervisor/restart-policy';

function delaysOfDeathsAfter(livedMs: number, deaths: number): number[] {
  let history = FIRST_START;
  return Array.from({ length: deaths }, () => {
    const next = nextRestart(history, livedMs);
    history = next.history;
    return next.delayMs;
  });
}

test('a process that dies at once is started again ever later, up to a quarter of a minute', () => {
  expect(delaysOfDeathsAfter(10, 9)).toEqual([250, 500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000]);
});

test('a process that lived a minute is started again quickly, however often it died before', () => {
  expect(nextRestart({ consecutive: 20 }, 60_000)).toEqual({ delayMs: 250, history: { consecutive: 1 } });
});
