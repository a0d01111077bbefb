import { cluster, dangers, dangersOf, object } from '../objects';

const GROUP = 'rbac.authorization.k8s.io/v1';
const role = (rules: unknown[], kind = 'ClusterRole') => object(GROUP, kind, 'reporter', { rules });
const rule = (apiGroups: string[], resources: string[], verbs: string[], more = {}) => ({
  apiGroups,
  resources,
  verbs,
  ...more,
});
const binding = (subjects: unknown[], roleRef: unknown = { kind: 'ClusterRole', name: 'reporter' }) =>
  object(GROUP, 'RoleBinding', 'reporters', { roleRef, subjects });
const account = (namespace: string, name: string) => ({ kind: 'ServiceAccount', namespace, name });

describe('rights of a role', () => {
  const pods = role([rule([''], ['pods'], ['get'])]);

  test.each([
    ['a new verb', [rule([''], ['pods'], ['get', 'delete'])], 'rbac: gains `delete` on `pods`'],
    ['a new resource', [rule([''], ['pods', 'services'], ['get'])], 'rbac: gains `get` on `services`'],
    ['a new group', [rule(['', 'argoproj.io'], ['pods'], ['get'])], 'rbac: gains `get` on `pods.argoproj.io`'],
    ['every verb', [rule([''], ['pods'], ['*'])], 'rbac: gains `*` on `pods`'],
    [
      'every resource',
      [rule([''], ['pods'], ['get']), rule(['apps'], ['*'], ['get'])],
      'rbac: gains `get` on `*.apps`',
    ],
    [
      'a path',
      [rule([''], ['pods'], ['get']), { nonResourceURLs: ['/metrics'], verbs: ['get'] }],
      'rbac: gains `get` on `/metrics`',
    ],
  ])('%s is dangerous', (_, rules, expected) => {
    expect(dangers(pods, role(rules))).toEqual([expected]);
  });

  test('fewer verbs, the same rights in other rules, and a subset of a wildcard are harmless', () => {
    const both = role([rule([''], ['pods'], ['get', 'list'])]);

    expect(dangers(both, pods)).toEqual([]);
    expect(dangers(both, role([rule([''], ['pods'], ['list']), rule([''], ['pods'], ['get'])]))).toEqual([]);
    expect(dangers(role([rule(['*'], ['*'], ['*'])]), both)).toEqual([]);
    expect(dangers(role([rule([''], ['*/log'], ['get'])]), role([rule([''], ['pods/log'], ['get'])]))).toEqual([]);
  });

  test('one object by name widens to every object, and not the other way', () => {
    const one = role([rule([''], ['pods'], ['get'], { resourceNames: ['a'] })]);

    expect(dangers(one, pods)).toEqual(['rbac: gains `get` on `pods`']);
    expect(dangers(pods, one)).toEqual([]);
  });

  test('reading secrets, and making tokens, is named as secret reach too', () => {
    expect(dangers(pods, role([rule([''], ['pods', 'secrets'], ['get'])]))).toEqual([
      'rbac: gains `get` on `secrets`',
      'secrets: gains `get` on `secrets`',
    ]);
    expect(
      dangers(pods, role([rule([''], ['pods'], ['get']), rule([''], ['serviceaccounts/token'], ['create'])])),
    ).toContain('secrets: gains `create` on `serviceaccounts/token`');
    expect(dangers(pods, role([rule([''], ['pods'], ['get']), rule([''], ['secrets'], ['create'])]))).toEqual([
      'rbac: gains `create` on `secrets`',
    ]);
  });

  test('a role that adds itself to admin, edit or view is dangerous', () => {
    const label = (value: string) =>
      object(GROUP, 'ClusterRole', 'x', {
        rules: [],
        metadata: { labels: { 'rbac.authorization.k8s.io/aggregate-to-view': value } },
      });

    expect(dangers(undefined, label('true'))).toEqual(['rbac: its rights are added to every holder of `view`']);
    expect(dangers(label('true'), label('false'))).toEqual([]);
  });

  test('a new role that nobody holds is harmless', () => {
    expect(dangers(undefined, role([rule(['*'], ['*'], ['*'])]))).toEqual([]);
  });
});

describe('subjects of a binding', () => {
  const reader = role([rule([''], ['pods'], ['get'])]);

  test('a new subject is dangerous, one fewer is not', () => {
    const one = binding([account('system', 'a')]);
    const two = binding([account('system', 'a'), { kind: 'User', name: 'eve' }]);

    expect(dangers(one, two, [reader])).toEqual(['rbac: gives `User eve` the ClusterRole `reporter` in the namespace']);
    expect(dangers(two, one, [reader])).toEqual([]);
    expect(dangers(binding([]), binding([account('argo', 'own')]), [reader])).toEqual([
      'rbac: gives `ServiceAccount own` the ClusterRole `reporter` in the namespace',
    ]);
  });

  test('binding in the whole cluster says so, and a role that reads secrets is secret reach', () => {
    const secrets = role([rule([''], ['secrets'], ['list'])]);
    const bound = object(GROUP, 'ClusterRoleBinding', 'all', {
      roleRef: { kind: 'ClusterRole', name: 'reporter' },
      subjects: [account('system', 'a')],
    });

    expect(dangers(undefined, bound, [secrets])).toEqual([
      'rbac: gives `ServiceAccount system/a` the ClusterRole `reporter` in the whole cluster',
      'secrets: gives `ServiceAccount system/a` `list` on `secrets` in the whole cluster (ClusterRole `reporter`)',
    ]);
  });

  test('another role of the same binding replaces it and gives its subjects that role', () => {
    const before = binding([account('system', 'a')]);
    const after = binding([account('system', 'a')], { kind: 'ClusterRole', name: 'admin' });

    expect(dangers(before, after)).toEqual([
      'replace: RoleBinding is replaced: roleRef cannot be changed in place',
      'rbac: gives `ServiceAccount system/a` the ClusterRole `admin` in the namespace',
    ]);
  });

  test('a new role shows what it gives with the binding that gives it', () => {
    const bound = binding([account('system', 'a')]);

    expect(dangersOf([], cluster(reader, bound)).map(({ what }) => what)).toEqual([
      'gives `ServiceAccount system/a` the ClusterRole `reporter` in the namespace: `get` on `pods`',
    ]);
  });
});

test('a new project that is bound like the others is harmless, and one bound to somebody else is not', () => {
  const of = (project: string, user: string) => ({
    origin: 'projects',
    source: project,
    object: {
      ...binding([{ kind: 'User', name: user }]),
      metadata: { name: 'owners', namespace: `ci-${project}` },
    },
  });

  expect(dangersOf([of('a', 'ann')], [of('a', 'ann'), of('b', 'ann')])).toEqual([]);
  expect(dangersOf([of('a', 'ann')], [of('a', 'ann'), of('b', 'eve')])).toHaveLength(1);
});
