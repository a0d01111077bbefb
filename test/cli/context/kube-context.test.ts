import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { stringify } from 'yaml';
import { chooseContext } from '../../../cli/context/kube-context';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'seakeeper-kube-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function kubeconfig(name: string, text?: string): string {
  const file = join(folder, `${name}.yaml`);
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { server: `https://${name}.example.org` } }],
    users: [{ name, user: {} }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    'current-context': name,
  };
  writeFileSync(file, text ?? stringify(config));
  return file;
}

describe('chooseContext', () => {
  test('finds a context in any of the files KUBECONFIG names', () => {
    const env = { KUBECONFIG: [kubeconfig('one'), kubeconfig('two'), join(folder, 'absent')].join(delimiter) };

    expect(chooseContext('two', env).getCurrentCluster()?.server).toBe('https://two.example.org');
  });

  test('names the contexts there are when there is no such one', () => {
    const file = kubeconfig('one');

    expect(() => chooseContext('three', { KUBECONFIG: file })).toThrow(`${file} has no context 'three'; it has: one`);
  });

  test('says where it looked when there is no kubeconfig', () => {
    expect(() => chooseContext('one', { HOME: folder })).toThrow(
      `no kubeconfig at ${folder}/.kube/config; set KUBECONFIG`,
    );
  });

  test('names a file that cannot be read', () => {
    const file = kubeconfig('broken', 'contexts: [');

    expect(() => chooseContext('one', { KUBECONFIG: file })).toThrow(`kubeconfig ${file} cannot be read: `);
  });
});
