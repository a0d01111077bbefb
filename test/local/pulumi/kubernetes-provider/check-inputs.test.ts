import { type CheckFacts, checkInputs } from '../../../../local/pulumi/kubernetes-provider/check-inputs';

const facts = (overrides: Partial<CheckFacts>): CheckFacts => ({
  type: 'kubernetes:core/v1:ConfigMap',
  name: 'Settings',
  inputs: { metadata: { name: 'settings' } },
  oldInputs: {},
  randomSeed: 'seed',
  namespaced: true,
  defaultNamespace: 'team',
  ...overrides,
});

test('what the type says and the provider knows is filled in', () => {
  expect(checkInputs(facts({}))).toEqual({
    inputs: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings', namespace: 'team' } },
    problems: [],
  });
});

test('a cluster-scoped object gets no namespace, and a given one stays', () => {
  expect(checkInputs(facts({ namespaced: false })).inputs['metadata']).toEqual({ name: 'settings' });
  const metadata = { name: 'settings', namespace: 'other' };
  expect(checkInputs(facts({ inputs: { metadata } })).inputs['metadata']).toEqual(metadata);
});

test('a nameless object is named after its resource, and keeps that name', () => {
  const first = checkInputs(facts({ inputs: {} })).inputs;

  expect(first['metadata']).toMatchObject({ annotations: { 'pulumi.com/autonamed': 'true' } });
  expect(JSON.stringify(first)).toMatch(/"name":"settings-[0-9a-f]{8}"/);
  expect(checkInputs(facts({ inputs: {}, oldInputs: first, randomSeed: 'another' })).inputs).toEqual(first);
});

test.each([
  [{ inputs: { kind: 'Secret', metadata: {} } }, 'kind', "is 'Secret', allowed for this type is 'ConfigMap'"],
  [{ inputs: { apiVersion: 'v2', metadata: {} } }, 'apiVersion', "is 'v2', allowed for this type is 'v1'"],
  [{ inputs: { metadata: 'x' } }, 'metadata', 'must be an object'],
  [
    { type: 'kubernetes:core/v1:ConfigMapPatch', inputs: { kind: 'ConfigMap' } },
    'metadata.name',
    'is missing; a patch must name the object it patches',
  ],
  [
    { type: 'kubernetes:helm.sh/v3:Release' },
    'kind',
    "type 'kubernetes:helm.sh/v3:Release' is not one Kubernetes object; it needs upstream's Kubernetes provider",
  ],
])('%j is refused at %s', (overrides, property, reason) => {
  expect(checkInputs(facts(overrides)).problems).toEqual([{ property, reason }]);
});

test('a patch has the kind that it patches', () => {
  const { inputs } = checkInputs(facts({ type: 'kubernetes:core/v1:NamespacePatch', namespaced: false }));

  expect(inputs).toEqual({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'settings' } });
});
