import * as figures from '../../../../infra/capacity/proposal/figures';
import {
  addedUp,
  compounded,
  dayAfter,
  scaleResources,
  scaleUp,
  timesInstances,
} from '../../../../infra/capacity/proposal/growth';
import { simulateGrowth, Z90 } from '../../../../infra/capacity/proposal/simulated-growth';

const { INSTANCE, INSTANCES, GROWTH_28_DAYS, PERIODS } = figures;
const today = timesInstances(INSTANCE, INSTANCES);

describe("the proposal's arithmetic", () => {
  test('17 instances are 136 vCPU, 408 G and 68 executors', () => {
    expect(today).toEqual({ vcpu: 136, memoryG: 408, executors: 68 });
  });

  test('growth added up is 44.3 %, and 197 vCPU, 589 G and 99 executors', () => {
    expect(addedUp(GROWTH_28_DAYS, PERIODS)).toBe(figures.PRINTED_FACTOR);
    expect(scaleResources(today, figures.PRINTED_FACTOR)).toEqual({ vcpu: 197, memoryG: 589, executors: 99 });
  });

  test('growth compounded is 54.1 %, and 210 vCPU, 629 G and 105 executors', () => {
    const factor = compounded(GROWTH_28_DAYS, PERIODS);
    expect(factor).toBeCloseTo(1.5408, 3);
    expect(scaleResources(today, factor)).toEqual({ vcpu: 210, memoryG: 629, executors: 105 });
  });

  test('nine periods after 2019-10-23 is 2020-07-01, so the printed 2019 is a misprint', () => {
    expect(dayAfter(figures.FORECAST_FROM, PERIODS, figures.PERIOD_DAYS)).toBe('2020-07-01');
    expect(figures.PRINTED_TARGET_DATE < figures.FORECAST_FROM).toBe(true);
  });
});

describe('scaleUp', () => {
  test.each([
    [1000, 1.1, 1100], // 1100.0000000000002
    [100, 1.15, 115], // 114.99999999999999
    [3, 1.1, 4],
    [0, 1.5, 0],
    [1, 1, 1],
  ])('%d × %d is %d', (amount, factor, scaled) => {
    expect(scaleUp(amount, factor)).toBe(scaled);
  });
});

describe('simulateGrowth', () => {
  const growth = { p50: 0.0246, p90: 0.0492 };

  test('is what the log-normal distribution says, to half a percent', () => {
    const simulated = simulateGrowth(growth, { periods: 9 });
    const spread = (Math.log1p(0.0492) - Math.log1p(0.0246)) / Z90;
    expect(simulated.p50 / 1.0246 ** 9).toBeCloseTo(1, 2);
    expect(simulated.p90 / Math.exp(9 * Math.log1p(0.0246) + Z90 * 3 * spread)).toBeCloseTo(1, 2);
  });

  test('is below the product of P90s, which needs every period to go badly', () => {
    expect(simulateGrowth(growth, { periods: 9 }).p90).toBeLessThan(compounded(0.0492, 9));
  });

  test('is that product where nothing is left to chance', () => {
    expect(simulateGrowth({ p50: 0.0492, p90: 0.0492 }, { periods: 9, paths: 10 }).p90).toBeCloseTo(
      compounded(0.0492, 9),
      10,
    );
  });

  test('over one period it is the P90 given', () => {
    expect(simulateGrowth(growth, { periods: 1 }).p90).toBeCloseTo(1.0492, 3);
  });

  test('the same seed gives the same figure, another one another', () => {
    const first = simulateGrowth(growth, { periods: 9, paths: 1000 });
    expect(simulateGrowth(growth, { periods: 9, paths: 1000 })).toEqual(first);
    expect(simulateGrowth(growth, { periods: 9, paths: 1000, seed: 2 })).not.toEqual(first);
  });
});
