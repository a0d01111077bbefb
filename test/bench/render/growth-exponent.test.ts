import { growthExponent } from '../../../bench/render/growth-exponent';

const points = (exponent: number) => [1000, 2000, 5000, 10_000].map((size) => ({ size, value: 3 * size ** exponent }));

describe('the growth exponent', () => {
  test.each([0, 1, 1.1, 2])('of a power is its exponent, %d', (exponent) => {
    expect(growthExponent(points(exponent))).toBeCloseTo(exponent, 10);
  });

  test('needs two sizes', () => {
    expect(() => growthExponent([{ size: 1000, value: 1 }])).toThrow('a growth needs two sizes, got 1000');
  });
});
