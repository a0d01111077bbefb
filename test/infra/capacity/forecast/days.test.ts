import { addDays, regularDays } from '../../../../infra/capacity/forecast/days';

const day = (date: string, value: number | null) => ({ date, value });

describe('days of a series', () => {
  test('are counted over months, leap days and years', () => {
    expect(addDays('2024-02-28', 1)).toBe('2024-02-29');
    expect(addDays('2019-12-31', 1)).toBe('2020-01-01');
  });

  test('come in any order', () => {
    const { first, values } = regularDays([day('2024-01-03', 3), day('2024-01-01', 1), day('2024-01-02', 2)]);
    expect({ first, values }).toEqual({ first: '2024-01-01', values: [1, 2, 3] });
  });

  test('that are left out or null are filled from the same weekday, and counted in a warning', () => {
    const series = Array.from({ length: 28 }, (_, n) => day(addDays('2024-01-01', n), n % 7 === 2 ? 50 : 10));
    const { values, known, warnings } = regularDays([
      ...series.slice(0, 9),
      ...series.slice(10, 16),
      day('2024-01-17', null),
      ...series.slice(17),
    ]);
    expect(values[9]).toBe(50);
    expect(values[16]).toBe(50);
    expect(known.filter((one) => !one)).toHaveLength(2);
    expect(warnings).toEqual([
      { code: 'forecast-gaps', message: expect.stringContaining('2 of 28 days have no value (first 2024-01-10)') },
    ]);
  });

  test('unknown before the first known one are no gap', () => {
    expect(regularDays([day('2024-01-01', null), day('2024-01-02', 5)])).toMatchObject({
      first: '2024-01-02',
      values: [5],
      warnings: [],
    });
  });

  test.each([
    [[day('2024-13-01', 1)], 'series has the date "2024-13-01", allowed is a day as YYYY-MM-DD'],
    [[day('2024-02-30', 1)], 'series has the date "2024-02-30"'],
    [[day('2024-01-01', -1)], 'series has -1 on 2024-01-01, allowed is a number from 0 up'],
    [[day('2024-01-01', Number.NaN)], 'series has NaN on 2024-01-01'],
    [[day('2024-01-01', 1), day('2024-01-01', 2)], 'series has 2024-01-01 twice'],
    [[], 'series has no known day of 0'],
    [[day('2024-01-01', null)], 'series has no known day of 1'],
  ])('that are none are refused in one line: %j', (series, line) => {
    expect(() => regularDays(series)).toThrow(line);
  });
});
