import { dailyNeed, growthUntil, needUntil } from '../../../infra/capacity/executors';
import { steadyPool } from './demand-fixture';

const GOAL = { seconds: 60, share: 0.95 };

describe('needUntil', () => {
  test('is the highest P90 up to the day, rounded up', () => {
    const forecast = { from: '2020-01-01', p50: [5, 5, 5], p90: [10, 12.2, 30], busyHour: [1, 1, 1] };
    const demand = { ...steadyPool(10), forecast };
    expect(needUntil(dailyNeed(demand, GOAL), '2020-01-02')).toMatchObject({
      executors: 13,
      date: '2020-01-02',
      peak: 12.2,
    });
    expect(needUntil(dailyNeed(demand, GOAL), '2020-01-03').executors).toBe(30);
  });

  test('is what Erlang C asks for where that is more, as for short builds in small pools', () => {
    const forecast = { from: '2020-01-01', p50: [2], p90: [3], busyHour: [20] };
    expect(needUntil(dailyNeed({ ...steadyPool(3), forecast }, GOAL), '2020-01-01')).toMatchObject({
      executors: 27,
      queueing: 27,
    });
  });

  test('throws when the forecast begins later', () => {
    expect(() => needUntil(dailyNeed(steadyPool(10), GOAL), '2019-10-22')).toThrow(
      'the forecast begins on 2019-10-23, after 2019-10-22; choose a later day',
    );
  });
});

test('dailyNeed has a point for each day of the forecast', () => {
  const days = dailyNeed(steadyPool(10, {}, 3), GOAL);
  expect(days.map(({ date, p50, p90 }) => [date, p50, p90])).toEqual([
    ['2019-10-23', 8, 10],
    ['2019-10-24', 8, 10],
    ['2019-10-25', 8, 10],
  ]);
});

describe('growthUntil', () => {
  const needs = dailyNeed(steadyPool(1), GOAL);
  const growing = needs.map((need, day) => ({ ...need, p50: 100 + day }));

  test('is how much more there is in the last 28 days than in the first', () => {
    expect(growthUntil(growing, '2019-12-21')).toBeCloseTo((100 + 45.5) / (100 + 13.5), 10);
  });

  test('is never less than one: what is kept today is kept', () => {
    const shrinking = needs.map((need, day) => ({ ...need, p50: 100 - day }));
    expect(growthUntil(shrinking, '2019-12-21')).toBe(1);
  });
});
