import { planReconnect } from '../../../services/gateway/plan-reconnect';

describe('reconnect', () => {
  test('is tried half a second after a working connection broke', () => {
    expect(planReconnect('lost', 0, 0)).toBe(500);
  });

  test('backs off by doubling, and while Gerrit is away never beyond what gets us back in time', () => {
    expect([1, 2, 3, 4, 50].map((failures) => planReconnect('lost', failures, 0))).toEqual([
      1_000, 2_000, 4_000, 5_000, 5_000,
    ]);
  });

  test('waits longer where waiting does not help', () => {
    expect(planReconnect('denied', 50, 0)).toBe(30_000);
    expect(planReconnect('wrong-host-key', 50, 0)).toBe(60_000);
  });

  test('is spread by chance over the second half of the wait', () => {
    expect(planReconnect('lost', 50, 1)).toBe(2_500);
  });
});
