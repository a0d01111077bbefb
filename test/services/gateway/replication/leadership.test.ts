import { isPredecessor, ordinalOf } from '../../../../services/gateway/replication/leadership';

describe('a holder of the lease', () => {
  const identity = 'gateway-0_p2_on_v1';

  test('that was an earlier process of the same pod and volume has ended', () => {
    expect(isPredecessor('gateway-0_p1_on_v1', identity)).toBe(true);
  });

  test.each([
    ['of another pod', 'gateway-1_p1_on_v2'],
    ['of another pod, with a copy of the volume', 'gateway-1_p1_on_v1'],
    ['of the same pod, with the volume that it had before', 'gateway-0_p1_on_v0'],
    ['that names no volume', 'gateway-0_p1'],
    ['that is nobody', ''],
  ])('%s may be there', (_who, holder) => {
    expect(isPredecessor(holder, identity)).toBe(false);
  });
});

test.each([
  ['gateway-0', 0],
  ['gateway-12', 12],
  ['localhost', 0],
])('the pod %s is number %p', (hostname, expected) => {
  expect(ordinalOf(hostname)).toBe(expected);
});
