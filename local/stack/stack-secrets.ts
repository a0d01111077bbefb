import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { LocalPaths } from '../paths';
import { selfSignedCertificate } from './self-signed-certificate';

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
