import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CERTIFICATES, KUBECONFIG_NAMES } from '../../../local/cluster/certificates';
import { ensurePki } from '../../../local/cluster/pki';

const DAY_MS = 86_400_000;
const NOW = new Date('2026-11-23T00:00:00Z');
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pki-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const certificate = (name: string) => new X509Certificate(readFileSync(join(folder, `${name}.crt`)));
const contents = () =>
  Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]));

test('every certificate is signed by its own authority and by no other', async () => {
  await ensurePki(folder, NOW);

  for (const { name, authority } of CERTIFICATES) {
    const other = authority === 'etcd-ca' ? 'cluster-ca' : 'etcd-ca';
    expect(certificate(name).verify(certificate(authority).publicKey)).toBe(true);
    expect(certificate(name).verify(certificate(other).publicKey)).toBe(false);
  }
});

test('every key is readable by its owner only', async () => {
  await ensurePki(folder, NOW);

  const open = readdirSync(folder).filter((name) => (statSync(join(folder, name)).mode & 0o077) !== 0);
  expect(open).toEqual([]);
});

test('the API server is known by the addresses and names that pods and the host use', async () => {
  await ensurePki(folder, NOW);

  const server = certificate('kube-apiserver');
  expect(server.checkIP('10.96.0.1')).toBeDefined();
  expect(server.checkIP('10.250.0.2')).toBeDefined();
  expect(server.checkHost('kubernetes.default.svc')).toBeDefined();
  expect(server.checkHost('example.org')).toBeUndefined();
});

test('the node is the identity that the node authorizer looks for', async () => {
  await ensurePki(folder, NOW);

  expect(certificate('kubelet').subject).toBe('O=system:nodes\nCN=system:node:seakeeper');
});

test('a second time nothing changes', async () => {
  await ensurePki(folder, NOW);
  const before = contents();

  await ensurePki(folder, new Date(NOW.getTime() + 300 * DAY_MS));

  expect(contents()).toEqual(before);
});

test('certificates about to expire are made anew under the same authority, keys of ServiceAccounts are kept', async () => {
  await ensurePki(folder, NOW);
  const before = contents();

  await ensurePki(folder, new Date(NOW.getTime() + 340 * DAY_MS));

  expect(contents()['admin.crt']).not.toBe(before['admin.crt']);
  expect(contents()['cluster-ca.crt']).toBe(before['cluster-ca.crt']);
  expect(contents()['service-accounts.key']).toBe(before['service-accounts.key']);
});

test('certificates of an authority that is gone are made anew', async () => {
  await ensurePki(folder, NOW);
  rmSync(join(folder, 'cluster-ca.key'));

  await ensurePki(folder, NOW);

  expect(certificate('admin').verify(certificate('cluster-ca').publicKey)).toBe(true);
});

test('every part with a kubeconfig has a client certificate', () => {
  const clients = CERTIFICATES.filter(({ usage }) => usage.includes('client')).map(({ name }) => name);

  expect(clients).toEqual(expect.arrayContaining([...KUBECONFIG_NAMES]));
});

test('only the administrator is above RBAC', () => {
  const masters = CERTIFICATES.filter(({ organization }) => organization === 'system:masters');

  expect(masters.map(({ name }) => name)).toEqual(['admin']);
});
