import { stackObjects } from '../../../bench/preview/stack-objects';

const SECRET = { '4dabf18193072939515e22adb298388d': '1b47061264138c4ac30d75fd1eb44270' };

test('a stack’s objects are its Kubernetes resources as the program means them, secrets in plain text', () => {
  const object = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' } };
  const resources = [
    { type: 'pulumi:pulumi:Stack' },
    { type: 'pulumi:providers:kubernetes', custom: true, inputs: { kubeconfig: 'x' } },
    { type: 'seakeeper:index:ChartRelease', inputs: {} },
    {
      type: 'kubernetes:core/v1:Secret',
      custom: true,
      inputs: { ...object, stringData: { key: { ...SECRET, plaintext: '"value"' }, plain: 'text' } },
    },
  ];

  expect(stackObjects({ deployment: { resources } })).toEqual([
    { ...object, stringData: { key: 'value', plain: 'text' } },
  ]);
});
