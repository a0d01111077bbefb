import { growthCoefficient, trendAlongP90 } from '../../../../infra/capacity/forecast/trend';

describe('trend along the P90', () => {
  test("the proposal's 0.0492 comes from two points of it 28 days apart", () => {
    expect(growthCoefficient(50, 52.46)).toBeCloseTo(0.0492, 10);
  });

  test('a P90 on a straight line that grows by 4.92 % in 28 days has that coefficient', () => {
    const points = Array.from({ length: 61 }, (_, day) => ({ p90: 50 + (day * 2.46) / 28 }));
    const { intercept, slopePerDay, coefficient28 } = trendAlongP90(points);
    expect(intercept).toBeCloseTo(50, 8);
    expect(slopePerDay).toBeCloseTo(2.46 / 28, 8);
    expect(coefficient28).toBeCloseTo(0.0492, 8);
  });

  test('weekly ups and downs do not tilt the line', () => {
    const points = Array.from({ length: 56 }, (_, day) => ({ p90: 40 + 0.1 * day + (day % 7 < 5 ? 4 : -10) }));
    expect(trendAlongP90(points).slopePerDay).toBeCloseTo(0.1, 8);
  });

  test('one day has no slope', () => {
    expect(trendAlongP90([{ p90: 7 }])).toEqual({ intercept: 7, slopePerDay: 0, coefficient28: 0 });
  });

  test('a line that begins below 0 has no ratio', () => {
    expect(trendAlongP90([{ p90: 0 }, { p90: 0 }, { p90: 3 }]).coefficient28).toBeNaN();
  });

  test('nothing growing out of nothing is no growth', () => {
    expect(trendAlongP90([{ p90: 0 }, { p90: 0 }]).coefficient28).toBe(0);
  });
});
