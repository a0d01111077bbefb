import { planRetention } from '../../../../services/gateway/ledger/plan-retention';

const segments = [1, 2, 3, 4].map((segment) => ({ segment, newestAt: segment * 100 }));

describe('retention', () => {
  test.each([
    ['nothing is old enough', [], 100, undefined],
    ['all that is old goes', [], 301, 3],
    ['a segment in use stays, and so does every younger one', [2], 301, 1],
    ['the oldest in use keeps all', [1], 1000, undefined],
    ['all may go', [], 1000, 4],
  ])('%s', (_, inUse, keepAfter, expected) => {
    expect(planRetention(segments, new Set(inUse), keepAfter)).toBe(expected);
  });
});
