import { POOL_LABEL } from '../../../core/pool';
import { parseNode } from '../../../infra/nodes/parse-node';

const node = (labels: Record<string, string>, allocatable: Record<string, string>) => ({
  metadata: { name: 'ci1001', labels },
  status: { allocatable },
});

test('a node offers what its kubelet says is allocatable', () => {
  const allocatable = { cpu: '7410m', memory: '23000Mi', 'ephemeral-storage': '108447924224', pods: '110' };

  expect(parseNode(node({ [POOL_LABEL]: 'gate' }, allocatable))).toEqual({
    name: 'ci1001',
    pool: 'gate',
    allocatable: { cpu: 7.41, memory: 23_000 * 2 ** 20, disk: 108_447_924_224 },
  });
});

test.each([{}, { [POOL_LABEL]: 'somewhere' }])('a node of no pool of ours is passed over: %j', (labels) => {
  expect(parseNode(node(labels, { cpu: '8', memory: '8Gi' }))).toBeUndefined();
});

test('a node that says nothing of its size is named', () => {
  expect(() => parseNode(node({ [POOL_LABEL]: 'check' }, {}))).toThrow(
    'node ci1001 says nothing of its cpu and memory',
  );
});
