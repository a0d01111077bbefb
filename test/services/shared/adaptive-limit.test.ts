import { AdaptiveLimit } from '../../../services/shared/adaptive-limit';
import { TokenBucket } from '../../../services/shared/token-bucket';

describe('a limit of what is under way', () => {
  test('halves once for a burst of refusals, never below one, and grows by one a round', () => {
    let now = 0;
    const limit = new AdaptiveLimit(32, () => now);
    for (let index = 0; index < 20; index += 1) limit.overloaded();
    expect(limit.current).toBe(16);

    for (let index = 0; index < 10; index += 1) {
      now += 1_000;
      limit.overloaded();
    }
    expect(limit.current).toBe(1);

    for (let index = 0; index < 3; index += 1) limit.succeeded();
    expect(limit.current).toBe(2);
    for (let index = 0; index < 2_000; index += 1) limit.succeeded();
    expect(limit.current).toBe(32);
  });
});

describe('turns at a rate', () => {
  test('come at once up to the burst, then one after the other', () => {
    let now = 0;
    const bucket = new TokenBucket({ perSecond: 10, burst: 3 }, () => now);

    expect([1, 2, 3, 4, 5].map(() => bucket.takeMs())).toEqual([0, 0, 0, 100, 200]);
    now = 10_000;
    expect(bucket.takeMs()).toBe(0);
  });
});
