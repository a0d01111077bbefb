import { checkpoint, encodeInputs } from '../../../../local/pulumi/kubernetes-provider/checkpoint';
import {
  decodeProperties,
  encodeProperties,
  redactor,
  UNKNOWN,
} from '../../../../local/pulumi/kubernetes-provider/property-values';

const secret = (value: unknown) => ({
  '4dabf18193072939515e22adb298388d': '1b47061264138c4ac30d75fd1eb44270',
  value,
});

test('marks come off and go back on where they were', () => {
  const encoded = { a: { b: secret('x'), c: UNKNOWN }, list: [secret({ d: 1 })], plain: 1 };

  const decoded = decodeProperties(encoded);

  expect(decoded.value).toEqual({ a: { b: 'x', c: UNKNOWN }, list: [{ d: 1 }], plain: 1 });
  expect(decoded.secrets).toEqual([
    ['a', 'b'],
    ['list', 0],
  ]);
  expect(decoded.unknowns).toEqual([['a', 'c']]);
  expect(encodeProperties(decoded.value, decoded.secrets)).toEqual(encoded);
});

test('an asset is refused: it has no place in an object', () => {
  const asset = { '4dabf18193072939515e22adb298388d': 'c44067f5952c0a294b673a41bacd8c17', text: 'x' };

  expect(() => decodeProperties({ file: asset })).toThrow('property file holds an asset');
});

test('all data of a Secret is secret in the state, also where the program forgot to say so', () => {
  const inputs = decodeProperties({ kind: 'Secret', stringData: { token: 'hidden' } });

  const state = checkpoint({ kind: 'Secret', data: { token: 'aGlkZGVu' } }, inputs, 'manager');

  expect(state['data']).toEqual(secret({ token: 'aGlkZGVu' }));
  expect(state['__inputs']).toMatchObject({ stringData: secret({ token: 'hidden' }) });
  expect(encodeInputs(inputs)).toMatchObject({ stringData: secret({ token: 'hidden' }) });
});

test('a secret inside a list makes the whole list secret in the state: the server may reorder it', () => {
  const inputs = decodeProperties({ spec: { env: [{ value: secret('hidden') }] } });

  const state = checkpoint({ spec: { env: [{ value: 'hidden' }] } }, inputs, 'manager');

  expect(state['spec']).toEqual({ env: secret([{ value: 'hidden' }]) });
});

test('the state keeps the object and who made it, without the list of who set which field', () => {
  const inputs = decodeProperties({ apiVersion: 'v1', kind: 'ConfigMap' });

  expect(checkpoint({ metadata: { name: 'a', managedFields: [] } }, inputs, 'manager')).toEqual({
    metadata: { name: 'a' },
    __inputs: { apiVersion: 'v1', kind: 'ConfigMap' },
    __fieldManager: 'manager',
    __initialApiVersion: 'v1',
  });
});

test('a message says no secret, in clear or in base64, the longer one first', () => {
  const redact = redactor(decodeProperties({ a: secret('hidden'), b: secret({ c: ['hidden-more'] }), d: 'shown' }));

  expect(redact('hidden-more hidden aGlkZGVu shown')).toBe('[secret] [secret] [secret] shown');
});
