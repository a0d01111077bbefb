import { duration, number, percent, table } from '../../../../infra/capacity/report/format';

test.each([
  [1234567.891, 1, '1,234,567.9'],
  [-0.04, 1, '0'],
  [-1234, 0, '−1,234'],
  [12, 1, '12'],
  [0.05, 2, '0.05'],
])('number %d with %d decimals is %s', (value, decimals, text) => {
  expect(number(value, decimals)).toBe(text);
});

test.each([
  [0, '0 s'],
  [7.25, '7.3 s'],
  [90, '90 s'],
  [600, '10 min'],
  [7200, '2 h'],
  [Number.POSITIVE_INFINITY, 'for ever'],
])('%d seconds are %s', (seconds, text) => {
  expect(duration(seconds)).toBe(text);
});

test('a share is in percent', () => {
  expect(percent(0.0492, 2)).toBe('4.92 %');
});

test('a table lines up in a terminal and escapes what would end a cell', () => {
  expect(table(['a', 'number', 'why'], [['long name', '1', 'x|y']], ['left', 'right', 'left'])).toBe(
    ['| a         | number | why |', '| --------- | -----: | --- |', '| long name |      1 | x\\|y |'].join('\n'),
  );
});
