import { resourceName, stageOf, typeToken } from '../../components/kube-object';

const object = (apiVersion: string, kind: string, namespace?: string) => ({
  apiVersion,
  kind,
  metadata: { name: 'thing', ...(namespace === undefined ? {} : { namespace }) },
});

test.each([
  ['v1', 'ConfigMap', 'kubernetes:core/v1:ConfigMap'],
  ['apps/v1', 'Deployment', 'kubernetes:apps/v1:Deployment'],
  ['rbac.authorization.k8s.io/v1', 'Role', 'kubernetes:rbac.authorization.k8s.io/v1:Role'],
  ['argoproj.io/v1alpha1', 'Sensor', 'kubernetes:argoproj.io/v1alpha1:Sensor'],
])('%s %s has the type %s', (apiVersion, kind, token) => {
  expect(typeToken(object(apiVersion, kind))).toBe(token);
});

test('a resource is named by namespace, kind and name', () => {
  expect(resourceName(object('v1', 'ConfigMap', 'home'))).toBe('home/ConfigMap/thing');
  expect(resourceName(object('v1', 'Namespace'))).toBe('Namespace/thing');
});

test('what others need comes in an earlier stage', () => {
  const kinds = ['CustomResourceDefinition', 'Role', 'RoleBinding', 'StatefulSet', 'Job', 'Sensor'];

  expect(kinds.map((kind) => stageOf(object('v1', kind)))).toEqual([0, 1, 2, 3, 4, 5]);
});

test('a Service shares the stage of its pods: it is ready when they are', () => {
  expect(stageOf(object('v1', 'Service'))).toBe(stageOf(object('apps/v1', 'Deployment')));
});
