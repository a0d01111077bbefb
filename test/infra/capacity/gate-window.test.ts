import { gateWindow, probabilityOfNoFailure } from '../../../infra/capacity/gate-window';

describe('gateWindow', () => {
  test('five and two at a failure rate of five percent, as Wikimedia’s Zuul had it', () => {
    expect(gateWindow(0.05)).toEqual({ initial: 5, floor: 2 });
    expect(probabilityOfNoFailure(0.05, 5)).toBeCloseTo(0.774, 3);
    expect(probabilityOfNoFailure(0.05, 2)).toBeCloseTo(0.9025, 4);
  });

  test.each([0.001, 0.01, 0.03, 0.1, 0.2])('is the largest that still passes often enough at %d', (rate) => {
    const { initial, floor } = gateWindow(rate);
    for (const [window, success] of [
      [initial, 0.75],
      [floor, 0.9],
    ] as const) {
      if (window > 1 && window < 100) {
        expect(probabilityOfNoFailure(rate, window)).toBeGreaterThanOrEqual(success);
        expect(probabilityOfNoFailure(rate, window + 1)).toBeLessThan(success);
      }
    }
    expect(floor).toBeLessThanOrEqual(initial);
  });

  test('one change is tested even where half of them fail', () => {
    expect(gateWindow(0.5)).toEqual({ initial: 1, floor: 1 });
    expect(gateWindow(0.9)).toEqual({ initial: 1, floor: 1 });
  });
});
