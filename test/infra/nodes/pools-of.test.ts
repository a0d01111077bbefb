import { poolsOf } from '../../../infra/nodes/pools-of';

test.each([
  ['none where no machine is listed', 'config', [], []],
  ['those of the machines listed', 'config', ['check', 'system', 'check'], ['system', 'check']],
  ['all where the nodes say theirs', 'cluster', [], ['system', 'gate', 'check', 'heavy', 'security']],
] as const)('pools are %s', (_, machinesFrom, pools, expected) => {
  expect(poolsOf({ capacity: { machinesFrom }, machines: pools.map((pool) => ({ pool })) })).toEqual(expected);
});
