import { verdictOf } from '../../../../infra/capacity/forecast/verdict';

const row = (model: string, wql90: number, coverage90 = 0.9) => ({ model, wql10: 0.1, wql50: 0.2, wql90, coverage90 });

describe('verdict of a back-test', () => {
  test('says first, and plainly, than which peer the forecast is worse', () => {
    expect(verdictOf([row('ours', 0.12), row('seasonal naive', 0.2), row('exponential smoothing', 0.1)])).toBe(
      'WORSE: on this history the forecast does not earn its keep; at P90 it is 20.0 % worse than exponential smoothing (loss 0.1200 against 0.1000), at P50 as good as it. ' +
        'On this history, at P90 it is 40.0 % better than seasonal naive (loss 0.1200 against 0.2000), at P50 as good as it. ' +
        '90.0 % of the days stayed within the P90, where 90 % should: that is right.',
    );
  });

  test('does not cry worse over a difference nobody would notice', () => {
    expect(verdictOf([row('ours', 0.1002), row('seasonal naive', 0.1)])).toMatch(
      /^On this history, at P90 it is as good as/,
    );
  });

  test.each([
    [0.8, 'too low, so add room'],
    [0.99, 'too high, so it asks for more than needed'],
  ])('says what a coverage of %d means', (coverage, words) => {
    expect(verdictOf([row('ours', 0.1, coverage)])).toContain(words);
  });

  test('of a history of zeros compares nothing', () => {
    expect(verdictOf([row('ours', Number.NaN), row('seasonal naive', Number.NaN)])).toContain('All that came was 0');
  });
});
