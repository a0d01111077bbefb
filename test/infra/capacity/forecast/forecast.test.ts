import { addDays } from '../../../../infra/capacity/forecast/days';
import { forecast } from '../../../../infra/capacity/forecast/forecast';
import { noise, START, seriesOf, workWeek } from './series-of';

const codes = ({ warnings }: ReturnType<typeof forecast>) => warnings.map(({ code }) => code);
const growing = (day: number) => (60 + 0.1 * day) * workWeek(day) * (1 + 0.1 * noise(day));

describe('forecast', () => {
  const year = forecast(seriesOf(364, growing), { horizonDays: 56 });

  test('has one point a day from the day after the last', () => {
    expect(year.points).toHaveLength(56);
    expect(year.points[0]?.date).toBe(addDays(START, 364));
    expect(year.points.at(-1)?.date).toBe(addDays(START, 419));
  });

  test('finds weekdays and trend of a series that is made of them', () => {
    year.points.forEach(({ p50 }, ahead) => {
      const truth = (60 + 0.1 * (364 + ahead)) * workWeek(364 + ahead);
      expect(Math.abs(p50 / truth - 1)).toBeLessThan(0.1);
    });
  });

  test('finds how far days scatter: noise within ±10 % has its P90 at +8 % and its P10 at −8 %', () => {
    year.points.slice(0, 28).forEach(({ p10, p50, p90 }) => {
      expect(p90 / p50).toBeGreaterThan(1.04);
      expect(p90 / p50).toBeLessThan(1.13);
      expect(p10 / p50).toBeGreaterThan(0.85);
      expect(p10 / p50).toBeLessThan(0.96);
    });
  });

  test('draws the line of growth along the P90', () => {
    expect(year.trend.coefficient28).toBeGreaterThan(0.01);
    expect(year.trend.coefficient28).toBeLessThan(0.06);
    expect(year.trend.intercept).toBeGreaterThan(75);
    expect(year.trend.intercept).toBeLessThan(110);
  });

  test('is the same twice', () => {
    expect(forecast(seriesOf(364, growing), { horizonDays: 56 })).toEqual(year);
  });

  test('does not depend on how far it looks', () => {
    const near = forecast(seriesOf(364, growing), { horizonDays: 10 });
    expect(near.points).toEqual(year.points.slice(0, 10));
  });

  test('says how it was computed, and has nothing to warn of', () => {
    expect(year.method).toMatch(/6 models .*SARIMA.*13 past days/);
    expect(year.warnings).toEqual([]);
  });
});

describe('quantiles', () => {
  test.each([
    ['small counts', 100, (day: number) => Math.max(0, Math.round(2 * workWeek(day) + 2 * noise(day)))],
    ['bursts', 200, (day: number) => Math.round(20 * workWeek(day) * (noise(day) > 0.8 ? 4 : 1))],
    ['a fall to nothing', 120, (day: number) => Math.max(0, 100 - day)],
    ['a leap on the last week', 150, (day: number) => (day < 143 ? 10 : 80)],
    ['steep growth', 150, (day: number) => 2 ** (day / 20)],
    ['ten days', 10, (day: number) => day],
    ['one day', 1, () => 5],
  ])('of %s are in order, finite and never below 0', (_, days, valueAt) => {
    const { points, trend } = forecast(seriesOf(days, valueAt), { horizonDays: 400 });
    const wrong = points.filter(({ p10, p50, p90 }) => !(0 <= p10 && p10 <= p50 && p50 <= p90 && p90 < Infinity));
    expect(wrong).toEqual([]);
    expect(Number.isFinite(trend.coefficient28)).toBe(true);
  });

  test('of steep growth do not run away over a year', () => {
    const last = forecast(
      seriesOf(150, (day) => 2 ** (day / 20)),
      { horizonDays: 400 },
    ).points.at(-1);
    expect(last?.p90).toBeLessThan(20 * 2 ** (150 / 20));
  });
});

describe('a series that is not what a forecast needs', () => {
  test('of ten days gets the level of its days, a band and a warning in one line', () => {
    const ten = forecast(
      seriesOf(10, (day) => 20 + (day % 3)),
      { horizonDays: 28 },
    );
    expect(ten.points.every(({ p50 }) => p50 > 19 && p50 < 23)).toBe(true);
    expect(ten.points.every(({ p10, p90 }) => p90 - p10 > 5)).toBe(true);
    expect(codes(ten)).toContain('forecast-very-short');
    expect(ten.warnings[0]?.message).toMatch(/^10 days are fewer than the 14 that show a week: [^\n]*$/);
  });

  test('of three weeks gets its weekdays and a warning', () => {
    const short = forecast(
      seriesOf(21, (day) => 40 * workWeek(day) + noise(day)),
      { horizonDays: 7 },
    );
    expect(short.points[0]?.p50).toBeGreaterThan(30);
    expect(short.points[6]?.p50).toBeLessThan(25);
    expect(codes(short)).toEqual(['forecast-short']);
  });

  test('with gaps is forecast as if they were ordinary days, and says how many there are', () => {
    const gappy = forecast(
      seriesOf(140, (day) => (day % 11 === 3 ? null : growing(day))),
      { horizonDays: 28 },
    );
    expect(codes(gappy)).toEqual(['forecast-gaps']);
    expect(gappy.points[0]?.p50).toBeGreaterThan(60);
    expect(gappy.points[0]?.p50).toBeLessThan(90);
  });

  test('of nothing but zeros is 0 and says that the input should be looked at', () => {
    const zeros = forecast(
      seriesOf(100, () => 0),
      { horizonDays: 28 },
    );
    expect(codes(zeros)).toContain('forecast-constant');
    expect(zeros.points.every(({ p50 }) => p50 < 0.5)).toBe(true);
    expect(zeros.warnings.map(({ message }) => message).join()).toContain('check the input');
  });

  test('that comes out of nothing has no growth rather than a senseless one, and says so', () => {
    const born = forecast(
      seriesOf(100, (day) => Math.max(0, day - 60)),
      { horizonDays: 28 },
    );
    expect(Number.isNaN(born.trend.coefficient28)).toBe(born.warnings.some(({ code }) => code === 'forecast-no-base'));
  });

  test('of mostly idle days says so', () => {
    expect(
      codes(
        forecast(
          seriesOf(140, (day) => (day % 7 === 0 ? 8 : 0)),
          { horizonDays: 28 },
        ),
      ),
    ).toContain('forecast-zeros');
  });

  test('that is shorter than what is forecast from it says so', () => {
    expect(codes(forecast(seriesOf(140, growing), { horizonDays: 252 }))).toContain('forecast-far');
  });

  test.each([0, 401, 2.5, Number.NaN])('is not forecast for %p days', (horizonDays) => {
    expect(() => forecast(seriesOf(140, growing), { horizonDays })).toThrow(
      `horizonDays is ${horizonDays}, allowed is a whole number from 1 to 400`,
    );
  });
});
