import { Claim, planVolumes, renderVolume, Volume } from '../../../../local/cluster/volumes/plan-volumes';

const claim = (overrides: { node?: string; storageClassName?: string; volumeName?: string } = {}): Claim =>
  Claim.parse({
    metadata: {
      name: 'data-minio-0',
      namespace: 'artifacts',
      uid: 'u1',
      annotations: overrides.node === undefined ? {} : { 'volume.kubernetes.io/selected-node': overrides.node },
    },
    spec: {
      storageClassName: overrides.storageClassName ?? 'local',
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage: '1Gi' } },
      ...(overrides.volumeName === undefined ? {} : { volumeName: overrides.volumeName }),
    },
  });

const volume = (overrides: { phase?: string; by?: string } = {}): Volume =>
  Volume.parse({
    metadata: {
      name: 'pvc-u1',
      annotations: { 'pv.kubernetes.io/provisioned-by': overrides.by ?? 'seakeeper.wikimedia.org/local' },
    },
    spec: { local: { path: '/volumes/pvc-u1' } },
    status: { phase: overrides.phase ?? 'Bound' },
  });

test('a claim whose pod has a node gets a volume named after the claim', () => {
  expect(planVolumes([claim({ node: 'seakeeper' })], [])).toMatchObject([{ kind: 'create', name: 'pvc-u1' }]);
});

test.each([
  ['no pod uses yet', claim()],
  ["has another provisioner's class", claim({ node: 'seakeeper', storageClassName: 'other' })],
  ['has a volume', claim({ node: 'seakeeper', volumeName: 'pvc-u1' })],
])('a claim that %s gets none', (_, given) => {
  expect(planVolumes([given], [])).toEqual([]);
});

test('a claim gets no second volume while the first is being bound', () => {
  expect(planVolumes([claim({ node: 'seakeeper' })], [volume({ phase: 'Available' })])).toEqual([]);
});

test('a volume whose claim is gone goes, with the folder of its own name', () => {
  expect(planVolumes([], [volume({ phase: 'Released' })])).toEqual([
    { kind: 'delete', name: 'pvc-u1', folder: 'pvc-u1' },
  ]);
});

test('a volume in use stays, and so does one that somebody else made', () => {
  expect(planVolumes([], [volume(), volume({ phase: 'Released', by: 'example.org/other' })])).toEqual([]);
});

test('the volume is for its claim alone and on the node that holds its data', () => {
  const { spec } = renderVolume('pvc-u1', claim({ node: 'seakeeper' }), '/volumes/pvc-u1');

  expect(spec.claimRef).toMatchObject({ namespace: 'artifacts', name: 'data-minio-0', uid: 'u1' });
  expect(spec.local).toEqual({ path: '/volumes/pvc-u1' });
  expect(spec.nodeAffinity.required.nodeSelectorTerms[0]?.matchExpressions[0]?.values).toEqual(['seakeeper']);
});
