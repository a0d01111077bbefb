import type { KubeObject } from '../../core/kube-object';
import { type AccessQuestion, Authorizer, serviceAccountIdentity } from '../../policy/authorize';

const RBAC = 'rbac.authorization.k8s.io/v1';
const role = (kind: 'Role' | 'ClusterRole', name: string, rules: object[], namespace?: string): KubeObject => ({
  apiVersion: RBAC,
  kind,
  metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
  rules,
});
const binding = (name: string, of: string, subjects: object[] | null, namespace?: string): KubeObject => {
  const [kind = '', roleName = ''] = of.split(' ');
  return {
    apiVersion: RBAC,
    kind: namespace === undefined ? 'ClusterRoleBinding' : 'RoleBinding',
    metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
    roleRef: { kind, name: roleName },
    subjects,
  };
};
const user = (name: string) => ({ kind: 'User', name });
const rule = (resources: string[], verbs = ['get'], more: object = {}) => ({
  apiGroups: [''],
  resources,
  verbs,
  ...more,
});
const alice = { user: 'alice', groups: ['staff', 'system:authenticated'] };
const get = (resource: string, more: Partial<AccessQuestion> = {}): AccessQuestion => ({
  verb: 'get',
  group: '',
  resource,
  namespace: 'a',
  ...more,
});

describe('Authorizer', () => {
  test('a role bound in a namespace gives its rights there, in no other, and not of the cluster', () => {
    const look = new Authorizer([
      role('ClusterRole', 'look', [rule(['pods', 'namespaces'])]),
      binding('owners', 'ClusterRole look', [user('alice')], 'a'),
    ]);

    expect(look.answer(alice, get('pods'))).toEqual({ binding: 'RoleBinding owners', role: 'ClusterRole look' });
    expect(look.answer(alice, get('pods', { namespace: 'b' }))).toBeUndefined();
    expect(look.answer(alice, get('pods', { namespace: undefined }))).toBeUndefined();
    expect(look.answer({ ...alice, user: 'bob' }, get('pods'))).toBeUndefined();
  });

  test('a role bound in the cluster gives its rights in every namespace', () => {
    const look = new Authorizer([
      role('ClusterRole', 'look', [rule(['pods'])]),
      binding('all', 'ClusterRole look', [{ kind: 'Group', name: 'staff' }]),
    ]);

    expect(look.answer(alice, get('pods', { namespace: undefined }))).toBeDefined();
    expect(look.answer(alice, get('pods', { namespace: 'any' }))).toBeDefined();
    expect(look.answer({ user: 'staff', groups: [] }, get('pods'))).toBeUndefined();
  });

  test.each([
    [['pods'], 'pods/log', false],
    [['pods/log'], 'pods', false],
    [['*'], 'pods/log', true],
    [['pods/*'], 'pods/log', false],
    [['*/log'], 'pods/log', true],
    [['*/log'], 'pods/exec', false],
  ])('a rule for %j on %s gives: %s', (resources, resource, given) => {
    const authorizer = new Authorizer([
      role('Role', 'r', [rule(resources)], 'a'),
      binding('b', 'Role r', [user('alice')], 'a'),
    ]);

    expect(authorizer.answer(alice, get(resource)) !== undefined).toBe(given);
  });

  test('a rule that names objects gives nothing on all of them', () => {
    const authorizer = new Authorizer([
      role('Role', 'r', [rule(['secrets'], ['get', 'list'], { resourceNames: ['one'] })], 'a'),
      binding('b', 'Role r', [user('alice')], 'a'),
    ]);

    expect(authorizer.answer(alice, get('secrets', { name: 'one' }))).toBeDefined();
    expect(authorizer.answer(alice, get('secrets', { name: 'other' }))).toBeUndefined();
    expect(authorizer.answer(alice, get('secrets', { verb: 'list' }))).toBeUndefined();
  });

  test('accounts are known by namespace and name, and by the groups every account is in', () => {
    const runner = serviceAccountIdentity({ namespace: 'a', name: 'runner' });
    const authorizer = new Authorizer([
      role('ClusterRole', 'look', [rule(['pods'])]),
      binding('here', 'ClusterRole look', [{ kind: 'ServiceAccount', name: 'runner' }], 'a'),
      binding('there', 'ClusterRole look', [{ kind: 'ServiceAccount', name: 'runner', namespace: 'a' }], 'b'),
      binding('all', 'ClusterRole look', [{ kind: 'Group', name: 'system:serviceaccounts:a' }], 'c'),
    ]);

    expect(['a', 'b', 'c', 'd'].filter((namespace) => authorizer.answer(runner, get('pods', { namespace })))).toEqual([
      'a',
      'b',
      'c',
    ]);
    expect(authorizer.answer(serviceAccountIdentity({ namespace: 'b', name: 'runner' }), get('pods'))).toBeUndefined();
  });

  test('a binding of nobody, or of a role that is not there, gives nothing', () => {
    const authorizer = new Authorizer([
      role('Role', 'r', [rule(['pods'])], 'other'),
      binding('nobody', 'Role r', null, 'other'),
      binding('nothing', 'Role r', [user('alice')], 'a'),
    ]);

    expect(authorizer.answer(alice, get('pods'))).toBeUndefined();
    expect(authorizer.answer(alice, get('pods', { namespace: 'other' }))).toBeUndefined();
  });
});
