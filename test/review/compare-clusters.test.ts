import { compareClusters } from '../../review/compare-clusters';
import type { ObjectChange } from '../../review/object-change';
import { changesOf, cluster, lines, object } from './objects';

const summary = (changes: readonly ObjectChange[]) => changes.map(({ op, kind, name }) => `${op} ${kind} ${name}`);
const config = (name: string, data: Record<string, string>) => object('v1', 'ConfigMap', name, { data });

test('what is equal is no change, in whatever order its keys and the objects stand', () => {
  const one = cluster(config('a', { x: '1', y: '2' }), config('b', {}));
  const other = cluster(config('b', {}), config('a', { y: '2', x: '1' }));

  expect(changesOf(one, other)).toEqual([]);
});

test('objects are created, updated and deleted by kind, namespace and name', () => {
  const before = cluster(config('a', { x: '1' }), config('gone', {}));
  const after = cluster(config('a', { x: '2' }), config('new', { other: 'data' }));

  expect(summary(changesOf(before, after))).toEqual([
    'update /ConfigMap a',
    'delete /ConfigMap gone',
    'create /ConfigMap new',
  ]);
});

test('an object of another version of its API is the same object', () => {
  const before = cluster(object('autoscaling/v1', 'HorizontalPodAutoscaler', 'x'));
  const after = cluster(object('autoscaling/v2', 'HorizontalPodAutoscaler', 'x'));

  expect(summary(changesOf(before, after))).toEqual(['update autoscaling/HorizontalPodAutoscaler x']);
});

test('an object under another name, and otherwise the same, is replaced', () => {
  const [change, ...others] = changesOf(cluster(config('a-1', { x: '1' })), cluster(config('a-2', { x: '1' })));

  expect(others).toEqual([]);
  expect(change).toMatchObject({
    op: 'replace',
    name: 'a-2',
    because: ['metadata.name'],
    before: { metadata: { name: 'a-1' } },
  });
});

test('changes come in one order, whatever the order of the lines', () => {
  const after = cluster(
    config('b', {}),
    object('v1', 'Namespace', 'z'),
    config('a', { x: '1' }),
    object('v1', 'Service', 'a'),
  );

  expect(changesOf([], after.toReversed())).toEqual(changesOf([], after));
  expect(summary(changesOf([], after))).toEqual([
    'create /Namespace z',
    'create /ConfigMap a',
    'create /ConfigMap b',
    'create /Service a',
  ]);
});

describe('fields that cannot be changed in place replace the object', () => {
  const changed = (
    apiVersion: string,
    kind: string,
    before: Record<string, unknown>,
    after: Record<string, unknown>,
  ) => {
    const [change] = changesOf(
      cluster(object(apiVersion, kind, 'x', before)),
      cluster(object(apiVersion, kind, 'x', after)),
    );
    return [change?.op, ...(change?.because ?? [])];
  };
  const claim = (storage: string, more = {}) => ({ spec: { resources: { requests: { storage } }, ...more } });

  test.each([
    [
      'apps/v1',
      'StatefulSet',
      { spec: { volumeClaimTemplates: [1] } },
      { spec: { volumeClaimTemplates: [2] } },
      'spec.volumeClaimTemplates',
    ],
    ['apps/v1', 'Deployment', { spec: { selector: { a: 1 } } }, { spec: { selector: { a: 2 } } }, 'spec.selector'],
    ['batch/v1', 'Job', { spec: { template: 1 } }, { spec: { template: 2 } }, 'spec.template'],
    ['v1', 'Service', { spec: { clusterIP: 'None' } }, { spec: { clusterIP: '10.0.0.1' } }, 'spec.clusterIP'],
    ['v1', 'PersistentVolumeClaim', claim('1Gi'), claim('1Gi', { storageClassName: 'fast' }), 'spec.storageClassName'],
    ['v1', 'PersistentVolumeClaim', claim('2Gi'), claim('1Gi'), 'spec.resources.requests.storage'],
    ['v1', 'ConfigMap', { immutable: true, data: { a: '1' } }, { immutable: true, data: { a: '2' } }, 'data'],
  ])('%s %s', (apiVersion, kind, before, after, field) => {
    expect(changed(apiVersion, kind, before, after)).toEqual(['replace', field]);
  });

  test.each([
    ['apps/v1', 'StatefulSet', { spec: { replicas: 1 } }, { spec: { replicas: 2 } }],
    ['apps/v1', 'Deployment', { spec: { template: 1 } }, { spec: { template: 2 } }],
    ['v1', 'Service', { spec: { ports: [1] } }, { spec: { ports: [2] } }],
    ['v1', 'Service', { spec: {} }, { spec: { clusterIP: '10.0.0.1' } }],
    ['v1', 'PersistentVolumeClaim', claim('1Gi'), claim('2Gi')],
    ['v1', 'ConfigMap', { data: { a: '1' } }, { data: { a: '2' } }],
  ])('and others of %s %s do not', (apiVersion, kind, before, after) => {
    expect(changed(apiVersion, kind, before, after)).toEqual(['update']);
  });
});

describe('secrets', () => {
  const secret = (stringData: Record<string, string>) => object('v1', 'Secret', 'key', { type: 'Opaque', stringData });

  test('have no value in a change, and a change of values alone is none', () => {
    expect(changesOf(cluster(secret({ key: 'one' })), cluster(secret({ key: 'two' })))).toEqual([]);

    const text = JSON.stringify(
      changesOf(cluster(secret({ key: 'one' })), cluster(secret({ key: 'two', other: 'three' }))),
    );
    expect(text).not.toMatch(/one|two|three/);
    expect(text).toContain('[secret]');
  });

  test('are masked where Pulumi marks them, and private keys everywhere', () => {
    const marked = object('v1', 'ConfigMap', 'c', {
      data: {
        value: { '4dabf18193072939515e22adb298388d': '1b47061264138c4ac30d75fd1eb44270', value: 'hidden-1' },
        file: 'a\n-----BEGIN OPENSSH PRIVATE KEY-----\nhidden-2\n-----END OPENSSH PRIVATE KEY-----\nb',
      },
      metadata: { annotations: { 'kubectl.kubernetes.io/last-applied-configuration': 'hidden-3' } },
    });

    const text = JSON.stringify(changesOf([], cluster(marked)));
    expect(text).not.toContain('hidden');
    expect(text).toContain('a\\n[secret]\\nb');
  });
});

test('a line that is no object is refused', () => {
  expect(() => compareClusters([], ['{"origin":"system"}'])).toThrow();
  expect(() => compareClusters(lines(cluster()), ['not json'])).toThrow();
});
