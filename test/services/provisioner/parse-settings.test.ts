import { parseSettings } from '../../../services/provisioner/parse-settings';
import { config } from './fixtures';

const configMap = (name: string, text: string) => ({ metadata: { name }, data: { 'config.json': text } });

test('reads the configuration from the ConfigMap of its name', () => {
  expect(parseSettings(configMap('provisioner-config', JSON.stringify(config)))).toEqual(config);
});

test.each([configMap('kube-root-ca.crt', '{}'), { metadata: { name: 'projects' } }, undefined])(
  'another object is none of its business: %j',
  (object) => {
    expect(parseSettings(object)).toBeUndefined();
  },
);

test.each(['{', '{}', JSON.stringify({ ...config, clases: {} })])('throws on %s', (text) => {
  expect(() => parseSettings(configMap('provisioner-config', text))).toThrow();
});
