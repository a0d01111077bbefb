import { planNodeAttributes } from '../../../infra/nodes/plan-node-attributes';

const machine = (name: string, pool: 'system' | 'gate' | 'check') =>
  ({ name, pool, cpu: 8, memory: '24Gi', disk: '200Gi' }) as const;

test('a node is said to be of its pool, with the size of its machine', () => {
  expect(planNodeAttributes([machine('ci1001', 'gate')])).toEqual([
    {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: {
        name: 'ci1001',
        labels: { 'seakeeper.wikimedia.org.node-restriction.kubernetes.io/pool': 'gate' },
        annotations: {
          'seakeeper.wikimedia.org/machine': '{"cpu":8,"memory":"24Gi","disk":"200Gi"}',
          'pulumi.com/patchFieldManager': 'seakeeper-nodes',
          'pulumi.com/patchForce': 'true',
        },
      },
      spec: { taints: [{ key: 'seakeeper.wikimedia.org/pool', value: 'gate', effect: 'NoSchedule' }] },
    },
  ]);
});

test('a check node has no taint left, and a system node one that cluster add-ons tolerate', () => {
  const taints = planNodeAttributes([machine('a', 'check'), machine('b', 'system')]).map(({ spec }) => spec);

  expect(taints).toEqual([
    { taints: [] },
    { taints: [{ key: 'CriticalAddonsOnly', value: 'true', effect: 'NoSchedule' }] },
  ]);
});
