import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { machineSecrets } from '../../../local/stack/stack-secrets';

let state: string;

beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'seakeeper-secrets-'));
});

afterEach(() => rmSync(state, { recursive: true, force: true }));

test('secrets are made once and then the same', async () => {
  const first = await machineSecrets({ state });

  expect(await machineSecrets({ state })).toEqual(first);
});

test('only their owner can read them', async () => {
  await machineSecrets({ state });

  expect(statSync(join(state, 'stack-secrets.json')).mode & 0o777).toBe(0o600);
});

test('two machines share none', async () => {
  const one = await machineSecrets({ state });
  rmSync(join(state, 'stack-secrets.json'));
  const other = await machineSecrets({ state });

  const values = [...Object.values(one), ...Object.values(other)];
  expect(new Set(values).size).toBe(values.length);
});

test('the certificate names the bus as its clients call it', async () => {
  const { natsTlsCert, natsTlsKey } = await machineSecrets({ state });

  const certificate = new X509Certificate(natsTlsCert);
  expect(certificate.checkHost('nats.gerrit-gateway.svc')).toBe('nats.gerrit-gateway.svc');
  expect(natsTlsKey).toContain('BEGIN PRIVATE KEY');
  expect(readFileSync(join(state, 'stack-secrets.json'), 'utf8')).toContain('natsTlsKey');
});
