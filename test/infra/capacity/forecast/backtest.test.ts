import { backtest } from '../../../../infra/capacity/forecast/backtest';
import { scoreTrials } from '../../../../infra/capacity/forecast/score';
import { noise, seriesOf, workWeek } from './series-of';

const steady = (day: number) => 60 * workWeek(day) * (1 + 0.15 * noise(day));

describe('backtest', () => {
  const tested = backtest(seriesOf(168, steady), { origins: 3 });

  test('compares the forecast with seasonal naive and exponential smoothing', () => {
    expect(tested.rows.map(({ model }) => model)).toEqual(['ours', 'seasonal naive', 'exponential smoothing']);
    expect(tested).toMatchObject({ horizonDays: 28, origins: 3, warnings: [] });
  });

  test('finds the forecast better than last week again on a steady series, with a P90 that holds', () => {
    const [ours, naive] = tested.rows;
    expect(ours?.wql90).toBeLessThan(0.9 * (naive?.wql90 ?? 0));
    expect(ours?.coverage90).toBeGreaterThan(0.8);
    expect(tested.verdict).toMatch(/better than seasonal naive/);
  });

  test('judges no day by what came after it: a leap in the last days changes no earlier forecast', () => {
    const leap = backtest(
      seriesOf(168, (day) => steady(day) * (day < 140 ? 1 : 3)),
      { origins: 3 },
    );
    expect(leap.rows[0]?.coverage90).toBeLessThan(0.7);
    expect(leap.verdict).toContain('too low, so add room');
  });

  test('does not judge days that were gaps', () => {
    const gappy = backtest(
      seriesOf(168, (day) => (day >= 150 ? null : steady(day))),
      { origins: 1 },
    );
    expect(gappy.rows[0]?.coverage90).not.toBeNaN();
    expect(gappy.warnings.map(({ code }) => code)).toContain('forecast-gaps');
  });

  test.each([[10], [55]])('says that %d days are too few, rather than a loss of 0', (days) => {
    const short = backtest(seriesOf(days, steady));
    expect(short.rows).toEqual([]);
    expect(short.warnings).toEqual([
      {
        code: 'backtest-short',
        message: `${days} days have no room for a back-test: 28 to learn from and 28 to judge are needed`,
      },
    ]);
    expect(short.verdict).toContain('too short');
  });
});

// By hand: seen 10, 20; P90 12, 18: pinball 0.2 + 1.8, doubled 4, over 30. P50 10, 20: none. P10 8, 19: 0.2 + 0.1.
test('scores are what they are by hand, over all trials together', () => {
  const trials = [
    { days: [[8, 10, 12]] as const, seen: [10] },
    { days: [[19, 20, 18]] as const, seen: [20] },
    { days: [[0, 0, 0]] as const, seen: [Number.NaN] },
  ];
  const row = scoreTrials('some', trials);
  expect(row.wql90).toBeCloseTo(4 / 30, 12);
  expect(row.wql50).toBe(0);
  expect(row.wql10).toBeCloseTo(0.6 / 30, 12);
  expect(row.coverage90).toBe(0.5);
});
