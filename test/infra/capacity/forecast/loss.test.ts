import { coverage, pinball, weightedQuantile, weightedQuantileLoss } from '../../../../infra/capacity/forecast/loss';

describe('loss of a quantile forecast', () => {
  test('missing from below costs the level, from above the rest', () => {
    expect(pinball(12, 10, 0.9)).toBeCloseTo(1.8);
    expect(pinball(8, 10, 0.9)).toBeCloseTo(0.2);
    expect(pinball(10, 10, 0.9)).toBe(0);
  });

  // By hand: seen 10, 20, 30; P90 forecast 12, 18, 30. Pinball 0.1·2, 0.9·2, 0; twice their sum 4.0 over 60.
  test('weighted quantile loss is what it is by hand', () => {
    expect(weightedQuantileLoss({ seen: [10, 20, 30], forecast: [12, 18, 30] }, 0.9)).toBeCloseTo(4 / 60, 12);
    expect(weightedQuantileLoss({ seen: [10, 20, 30], forecast: [12, 18, 30] }, 0.5)).toBeCloseTo(4 / 60, 12);
    expect(weightedQuantileLoss({ seen: [10, 20, 30], forecast: [12, 18, 30] }, 0.1)).toBeCloseTo(4 / 60, 12);
    expect(weightedQuantileLoss({ seen: [10, 20, 30], forecast: [12, 20, 30] }, 0.9)).toBeCloseTo(0.4 / 60, 12);
  });

  test('at P50 it is the mean error as a share of the mean', () => {
    expect(weightedQuantileLoss({ seen: [100, 100], forecast: [90, 110] }, 0.5)).toBeCloseTo(0.1, 12);
  });

  test('nothing but zeros seen has no loss, rather than a loss of 0', () => {
    expect(weightedQuantileLoss({ seen: [0, 0], forecast: [1, 1] }, 0.9)).toBeNaN();
  });

  test('a day that comes out just as forecast is covered', () => {
    expect(coverage({ seen: [1, 2, 3, 4], forecast: [1, 1, 3, 5] })).toBe(0.75);
  });

  test('a weighted quantile of equal weights is the usual one between neighbours', () => {
    const sample = [4, 1, 3, 2].map((value) => ({ value, weight: 1 }));
    expect(weightedQuantile(sample, 0.5)).toBeCloseTo(2.5);
    expect(weightedQuantile(sample, 0.999)).toBe(4);
    expect(weightedQuantile(sample, 0.001)).toBe(1);
  });

  test('a value of more weight pulls the quantile to itself', () => {
    const sample = [
      { value: 1, weight: 1 },
      { value: 2, weight: 1 },
      { value: 10, weight: 8 },
    ];
    expect(weightedQuantile(sample, 0.6)).toBe(10);
  });
});
