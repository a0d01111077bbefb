import { dangers, object } from '../objects';

describe('Pod Security', () => {
  const namespace = (level?: string) =>
    object('v1', 'Namespace', 'ci-x', {
      metadata: level === undefined ? {} : { labels: { 'pod-security.kubernetes.io/enforce': level } },
    });

  test('a lower level is dangerous, a higher one is not', () => {
    expect(dangers(namespace('restricted'), namespace('baseline'))).toEqual([
      'admission: Pod Security is lowered: `restricted` → `baseline`',
    ]);
    expect(dangers(namespace('baseline'), namespace())).toEqual([
      'admission: Pod Security is lowered: `baseline` → `privileged`',
    ]);
    expect(dangers(namespace('privileged'), namespace('restricted'))).toEqual([]);
  });

  test('a new namespace that admits everything is dangerous, a restricted one is not', () => {
    expect(dangers(undefined, namespace())).toEqual(['admission: a new namespace admits privileged pods']);
    expect(dangers(undefined, namespace('restricted'))).toEqual([]);
  });
});

describe('admission', () => {
  const GROUP = 'admissionregistration.k8s.io/v1';
  const check = (expression: string) => ({ expression, message: `must hold ${expression}` });
  const policy = (spec: object) =>
    object(GROUP, 'ValidatingAdmissionPolicy', 'tenant', {
      spec: {
        failurePolicy: 'Fail',
        matchConstraints: { resourceRules: ['pods'] },
        validations: [check('a'), check('b')],
        ...spec,
      },
    });
  const binding = (spec: object) =>
    object(GROUP, 'ValidatingAdmissionPolicyBinding', 'tenant', {
      spec: { policyName: 'tenant', validationActions: ['Deny'], ...spec },
    });

  test.each([
    ['a check gone', { validations: [check('a')] }, 'a check is changed or gone: `must hold b`'],
    ['a check changed', { validations: [check('a'), check('b || true')] }, 'a check is changed or gone: `must hold b`'],
    [
      'other requests',
      { matchConstraints: { resourceRules: [] } },
      'looks at other requests: matchConstraints changed',
    ],
    ['open when it fails', { failurePolicy: 'Ignore' }, 'lets pass what it cannot judge (failurePolicy Ignore)'],
  ])('%s is dangerous', (_, spec, expected) => {
    expect(dangers(policy({}), policy(spec))).toEqual([`admission: ${expected}`]);
  });

  test('one more check, other words, and a new policy are harmless', () => {
    expect(dangers(policy({}), policy({ validations: [check('a'), check('b'), check('c')] }))).toEqual([]);
    expect(dangers(policy({}), policy({ validations: [check('a'), { expression: 'b', message: 'please' }] }))).toEqual(
      [],
    );
    expect(dangers(undefined, policy({}))).toEqual([]);
  });

  test('a binding that no longer denies, or is gone, is dangerous', () => {
    expect(dangers(binding({}), binding({ validationActions: ['Audit'] }))).toEqual([
      'admission: no longer denies: `Audit`',
    ]);
    expect(dangers(binding({ validationActions: ['Audit'] }), binding({}))).toEqual([]);
    expect(dangers(binding({}), undefined)).toContain('admission: refuses nothing any more: it is deleted');
  });

  test('a webhook is for a person to read', () => {
    const webhook = (url: string) =>
      object(GROUP, 'ValidatingWebhookConfiguration', 'x', { webhooks: [{ name: 'x', clientConfig: { url } }] });

    expect(dangers(webhook('https://a'), webhook('https://b'))).toEqual([
      'admission: asks a webhook, or changes objects: read its diff',
    ]);
  });
});

describe('custom resource definitions', () => {
  const version = (name: string, schema: unknown, storage = true) => ({ name, served: true, storage, schema });
  const crd = (versions: unknown[], metadata: Record<string, unknown> = {}) =>
    object('apiextensions.k8s.io/v1', 'CustomResourceDefinition', 'projects.example.org', {
      metadata,
      spec: { group: 'example.org', scope: 'Cluster', names: { kind: 'Project', plural: 'projects' }, versions },
    });

  test('a changed schema, a version gone and another stored version are dangerous', () => {
    const before = crd([version('v1alpha1', { type: 'object' })]);

    expect(dangers(before, crd([version('v1alpha1', { type: 'string' })]))).toEqual([
      'crd: the schema of v1alpha1 changes',
    ]);
    expect(dangers(before, crd([version('v1', { type: 'object' })]))).toEqual([
      'crd: version v1alpha1 is gone; objects are stored as v1 (was v1alpha1)',
    ]);
  });

  test('deleting one says that every object of the kind goes', () => {
    expect(dangers(crd([]), undefined)).toEqual([
      'delete: CustomResourceDefinition is deleted, with every object of the kind',
    ]);
  });

  test('a new one and another label are harmless', () => {
    expect(dangers(undefined, crd([]))).toEqual([]);
    expect(dangers(crd([]), crd([], { labels: { a: 'b' } }))).toEqual([]);
  });
});

describe('priorities', () => {
  const priority = (name: string, fields: Record<string, unknown>) =>
    object('scheduling.k8s.io/v1', 'PriorityClass', name, fields);
  const check = priority('check', { value: 100, description: 'a' });

  test('another value replaces it and is dangerous, another description is not', () => {
    expect(dangers(check, priority('check', { value: 900, description: 'a' }))).toEqual([
      'replace: PriorityClass is replaced: value cannot be changed in place',
      'priority: value 100 → 900',
    ]);
    expect(dangers(check, priority('check', { value: 100, description: 'b' }))).toEqual([]);
  });

  test('a new one above all others, or for every pod, is dangerous; one below is not', () => {
    expect(dangers(undefined, priority('vip', { value: 101 }), [check])).toEqual([
      'priority: stands above every other: 101 (highest was 100)',
    ]);
    expect(dangers(undefined, priority('any', { value: 1, globalDefault: true }), [check])).toEqual([
      'priority: holds for every pod that names no priority',
    ]);
    expect(dangers(undefined, priority('low', { value: 1 }), [check])).toEqual([]);
  });
});

describe('storage classes', () => {
  const storage = (fields: Record<string, unknown>, isDefault = 'false') =>
    object('storage.k8s.io/v1', 'StorageClass', 'fast', {
      metadata: { annotations: { 'storageclass.kubernetes.io/is-default-class': isDefault } },
      provisioner: 'x',
      ...fields,
    });

  test('another default, and other fields, are dangerous; a new class that is no default is not', () => {
    expect(dangers(storage({}), storage({}, 'true'))).toEqual(['storage: becomes the default']);
    expect(dangers(storage({}), storage({ allowVolumeExpansion: true }))).toEqual([
      'storage: allowVolumeExpansion changed: new volumes are made otherwise',
    ]);
    expect(dangers(undefined, storage({}))).toEqual([]);
  });
});

test('a machine that is taken off the list leaves its pool, and is not deleted', () => {
  const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'ci-node1009' }, spec: { taints: [] } };

  expect(dangers(node, undefined)).toEqual([
    'delete: the machine leaves its pool: our labels and taints go, the node stays',
  ]);
});
