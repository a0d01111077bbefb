import 'reflect-metadata';
import { randomBytes, webcrypto } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as x509 from '@peculiar/x509';
import { z } from 'zod';
import type { LocalPaths } from '../paths';

/** Secrets of stack `local` that this machine makes up for itself, once. Gerrit's come from Gerrit. */
export const MachineSecrets = z.strictObject({
  natsPassword: z.string(),
  natsTlsCert: z.string(),
  natsTlsKey: z.string(),
  storeRootUser: z.string(),
  storeRootPassword: z.string(),
  storeAdminAccessKey: z.string(),
  storeAdminSecretKey: z.string(),
  storeReaderAccessKey: z.string(),
  storeReaderSecretKey: z.string(),
});
export type MachineSecrets = z.infer<typeof MachineSecrets>;

const word = (bytes: number): string => randomBytes(bytes).toString('hex');

/** Names under which the bus is reached; a certificate for them is all the TLS it needs. */
const NATS_NAMES = ['nats', 'nats.gerrit-gateway', 'nats.gerrit-gateway.svc', 'nats.gerrit-gateway.svc.cluster.local'];
const TEN_YEARS_MS = 10 * 365 * 24 * 3600 * 1000;

/** Reads this machine's secrets from a file only its owner can read, making them the first time. */
export async function machineSecrets(paths: Pick<LocalPaths, 'state'>): Promise<MachineSecrets> {
  const file = join(paths.state, 'stack-secrets.json');
  if (existsSync(file)) {
    return MachineSecrets.parse(JSON.parse(readFileSync(file, 'utf8')));
  }
  const secrets = await makeSecrets();
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  // Written aside and renamed: a file cut short by a crash would lock the stack out of its own store.
  writeFileSync(`${file}.new`, JSON.stringify(secrets), { mode: 0o600 });
  renameSync(`${file}.new`, file);
  return secrets;
}

async function makeSecrets(): Promise<MachineSecrets> {
  const tls = await selfSignedCertificate(NATS_NAMES);
  return {
    natsPassword: word(24),
    natsTlsCert: tls.certificate,
    natsTlsKey: tls.key,
    storeRootUser: `root-${word(4)}`,
    storeRootPassword: word(24),
    storeAdminAccessKey: `provisioner-${word(4)}`,
    storeAdminSecretKey: word(20),
    storeReaderAccessKey: `status-${word(4)}`,
    storeReaderSecretKey: word(20),
  };
}

async function selfSignedCertificate(names: readonly string[]): Promise<{ certificate: string; key: string }> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      name: `CN=${names[0]}`,
      keys,
      signingAlgorithm: algorithm,
      notBefore: new Date(Date.now() - 3_600_000),
      notAfter: new Date(Date.now() + TEN_YEARS_MS),
      extensions: [
        new x509.SubjectAlternativeNameExtension(names.map((value) => ({ type: 'dns', value }))),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      ],
    },
    webcrypto,
  );
  const key = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  return { certificate: certificate.toString('pem'), key: x509.PemConverter.encode(key, 'PRIVATE KEY') };
}
