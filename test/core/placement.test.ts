import { runPlacement, systemPlacement, taintsOf } from '../../core/placement';
import { POOL_LABEL, POOLS, type RunPool } from '../../core/pool';

const ALL = [...POOLS];

const required = (pool: RunPool, pools = ALL) =>
  runPlacement(
    pool,
    pools,
  ).affinity?.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms.flatMap(
    ({ matchExpressions }) => matchExpressions.flatMap(({ values }) => values),
  );

/** Whether a pod placed so may stand on a node of a pool: what the scheduler's filters make of affinity and taints. */
function fits(pool: RunPool, node: (typeof POOLS)[number]): boolean {
  const { tolerations = [] } = runPlacement(pool, ALL);
  const tolerated = taintsOf(node).every((taint) =>
    tolerations.some(({ key, value }) => key === taint.key && value === taint.value),
  );
  return tolerated && (required(pool)?.includes(node) ?? true);
}

test.each([
  ['gate', ['gate', 'check']],
  ['check', ['check']],
  ['heavy', ['heavy']],
  ['security', ['security']],
] as const)('runs of pool %s stand on nodes of %j and no others', (pool, nodes) => {
  expect(POOLS.filter((node) => fits(pool, node))).toEqual(nodes);
});

test('gate work prefers its own nodes', () => {
  const { affinity } = runPlacement('gate', ALL);

  expect(affinity?.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution).toEqual([
    { weight: 100, preference: { matchExpressions: [{ key: POOL_LABEL, operator: 'In', values: ['gate'] }] } },
  ]);
});

test('gate work goes to check nodes where it has none of its own', () => {
  expect(required('gate', ['system', 'check'])).toEqual(['check']);
});

test('work for a pool without machines waits rather than go elsewhere', () => {
  expect(required('security', ['system', 'check'])).toEqual(['security']);
});

test('nothing is placed where no machine is known', () => {
  expect(runPlacement('gate', [])).toEqual({});
  expect(systemPlacement([])).toEqual({});
});

test('the system goes anywhere when no machine is its own', () => {
  expect(systemPlacement(['check'])).toEqual({});
});

test('a kubelet may not write the pool label on its own node', () => {
  // NodeRestriction of the API server goes by this suffix of the prefix.
  expect(POOL_LABEL).toMatch(/\.node-restriction\.kubernetes\.io\//);
});
