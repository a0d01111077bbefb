import { fieldManagerOf } from '../../../../local/pulumi/kubernetes-provider/field-manager';
import { immutableFieldsIn } from '../../../../local/pulumi/kubernetes-provider/immutable-fields';
import {
  idOf,
  isPatch,
  objectToApply,
  parseId,
  parseTypeToken,
} from '../../../../local/pulumi/kubernetes-provider/kube-object';
import { standingOf } from '../../../../local/pulumi/kubernetes-provider/ownership';

test.each([
  ['kubernetes:core/v1:Secret', { apiVersion: 'v1', kind: 'Secret' }],
  ['kubernetes:apps/v1:Deployment', { apiVersion: 'apps/v1', kind: 'Deployment' }],
  ['kubernetes:argoproj.io/v1alpha1:Sensor', { apiVersion: 'argoproj.io/v1alpha1', kind: 'Sensor' }],
  ['kubernetes:yaml/v2:ConfigGroup', undefined],
  ['aws:s3/bucket:Bucket', undefined],
])('type %s stands for %j', (token, expected) => {
  expect(parseTypeToken(token)).toEqual(expected);
});

test('an id is the name, after the namespace where there is one', () => {
  const key = { apiVersion: 'v1', kind: 'Secret', namespace: 'team', name: 'key' };
  expect(idOf(key)).toBe('team/key');
  expect(parseId('team/key')).toEqual({ namespace: 'team', name: 'key' });
  expect(parseId('team')).toEqual({ namespace: undefined, name: 'team' });
});

test('a kind of that name is not taken for a patch', () => {
  expect(isPatch('kubernetes:core/v1:NamespacePatch', { kind: 'Namespace' })).toBe(true);
  expect(isPatch('kubernetes:example.org/v1:DotPatch', { kind: 'DotPatch' })).toBe(false);
});

test('stringData is sent as data, so that the server knows whose it is', () => {
  const inputs = { apiVersion: 'v1', kind: 'Secret', data: { a: 'eA==' }, stringData: { b: 'é' } };

  expect(objectToApply(inputs)).toEqual({ apiVersion: 'v1', kind: 'Secret', data: { a: 'eA==', b: 'w6k=' } });
  expect(objectToApply({ kind: 'Other', stringData: { b: 'x' } })).toEqual({ kind: 'Other', stringData: { b: 'x' } });
});

test('the field manager is chosen, remembered, or made of the resource, in that order', () => {
  const chosen = { metadata: { annotations: { 'pulumi.com/patchFieldManager': 'me' } } };

  expect(fieldManagerOf('urn', chosen, { __fieldManager: 'before' })).toBe('me');
  expect(fieldManagerOf('urn', {}, { __fieldManager: 'before' })).toBe('before');
  expect(fieldManagerOf('urn', {}, {})).toMatch(/^pulumi-kubernetes-[0-9a-f]{8}$/);
  expect(fieldManagerOf('urn', {}, {})).toBe(fieldManagerOf('urn', {}, {}));
  expect(fieldManagerOf('other', {}, {})).not.toBe(fieldManagerOf('urn', {}, {}));
});

test('an object is ours when we set fields of it', () => {
  const object = (metadata: object) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', ...metadata } });

  expect(standingOf(undefined, 'me')).toEqual({ kind: 'absent' });
  expect(standingOf(object({ managedFields: [{ manager: 'me' }] }), 'me')).toEqual({ kind: 'ours' });
  expect(standingOf(object({ managedFields: [{ manager: 'you' }] }), 'me')).toEqual({ kind: 'foreign' });
  expect(standingOf(object({ deletionTimestamp: 't', uid: 'u' }), 'me')).toEqual({ kind: 'leaving', uid: 'u' });
});

const refusal = (...causes: [string, string][]) => ({
  reason: 'Invalid',
  message: causes.map(([field, message]) => `${field}: ${message}`).join(', '),
  details: { kind: '', name: '', causes: causes.map(([field, message]) => ({ reason: '', field, message })) },
});

test.each([
  [refusal(['spec.selector', 'Invalid value: {}: field is immutable']), ['spec.selector']],
  [refusal(['roleRef', 'Invalid value: {}: cannot change roleRef']), ['roleRef']],
  [
    refusal(['spec', "Forbidden: updates to statefulset spec for fields other than 'replicas' are forbidden"]),
    ['spec'],
  ],
  [refusal(['value', 'Forbidden: may not be changed in an update.']), ['value']],
  [refusal(['data', 'Invalid value: "x": must be base64']), undefined],
  [refusal(['a', 'field is immutable'], ['b', 'Required value']), undefined],
])('of a refusal, only that a field cannot change is a reason to replace (%#)', (status, fields) => {
  expect(immutableFieldsIn(status)).toEqual(fields);
});
