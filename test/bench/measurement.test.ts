import { compare, quantile } from '../../bench/measurement';

test.each([
  [0.5, 3],
  [0.95, 5],
  [0, 1],
  [1, 5],
])('the %p quantile of 1 to 5 is %p', (fraction, value) => {
  expect(quantile([5, 3, 1, 2, 4], fraction)).toBe(value);
});

test('throws when there is nothing to take a quantile of', () => {
  expect(() => quantile([], 0.5)).toThrow('sample is empty');
});

test('the ratio is ours over the peer at the same quantile', () => {
  const what = { name: 'x.p50', unit: 'ms', peer: 'bare' } as const;

  expect(compare(what, { ours: [10, 20, 30], peer: [5, 10, 15] }, 0.5)).toEqual({
    ...what,
    value: 20,
    peerValue: 10,
    ratio: 2,
  });
});
