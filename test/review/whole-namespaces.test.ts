import type { ClusterObject } from '../../review/cluster-object';
import { dangersOf, object } from './objects';

const project = (name: string): ClusterObject[] =>
  [
    object('v1', 'Namespace', `ci-${name}`, {
      metadata: { labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
    }),
    object('networking.k8s.io/v1', 'NetworkPolicy', 'deny-all', {
      metadata: { namespace: `ci-${name}` },
      spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
    }),
  ].map((one) => ({ origin: 'projects', source: name, object: one }));

test('a namespace that is deleted is one danger, whatever is in it', () => {
  expect(dangersOf(project('a'), []).map(({ what }) => what)).toEqual(['Namespace is deleted, with everything in it']);
});

test('a fence that is deleted where the namespace stays is dangerous', () => {
  const [namespace] = project('a');

  expect(dangersOf(project('a'), namespace === undefined ? [] : [namespace]).map(({ kind }) => kind)).toEqual([
    'delete',
    'network',
    'network',
  ]);
});

test('what is made in a new namespace is judged, unless other projects have the same', () => {
  const open = {
    origin: 'projects',
    source: 'b',
    object: object('networking.k8s.io/v1', 'NetworkPolicy', 'open', {
      metadata: { namespace: 'ci-b' },
      spec: { podSelector: {}, policyTypes: ['Egress'], egress: [{}] },
    }),
  };

  expect(dangersOf(project('a'), [...project('a'), ...project('b')])).toEqual([]);
  expect(dangersOf(project('a'), [...project('a'), ...project('b'), open]).map(({ what }) => what)).toEqual([
    'lets pods out: anywhere, every port',
  ]);
});
