import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { SECRETS_DIRECTORY } from '../../../core/service-config';
import { httpPasswordFile } from '../../../local/gerrit/credentials';
import { gerritSitePaths, sshKeyFile } from '../../../local/gerrit/gerrit-site';
import { CI_ACCOUNT } from '../../../local/gerrit/seed';
import { localStackFiles, writeMachineValues } from '../../../local/pulumi/local-stack';
import { machineSecrets } from '../../../local/stack/stack-secrets';
import type { SecretKey } from '../../../stacks/config/secrets';
import { kubectl } from './kubectl';
import { paths } from './system';
import { until } from './until';

const Machine = z.object({ values: z.record(z.string(), z.unknown()) });
const site = gerritSitePaths(paths.gerrit);
const GERRIT_FILES: Readonly<Partial<Record<SecretKey, string>>> = {
  gerritSshKey: sshKeyFile(site, CI_ACCOUNT),
  gerritHttpPassword: httpPasswordFile(site, CI_ACCOUNT),
};

/** What the stack's secrets of this machine are now. */
export async function stackSecrets(): Promise<Record<SecretKey, string>> {
  const [gerritSshKey = '', gerritHttpPassword = ''] = Object.values(GERRIT_FILES).map((file) =>
    readFileSync(file, 'utf8'),
  );
  return { ...(await machineSecrets(paths)), gerritSshKey, gerritHttpPassword: gerritHttpPassword.trim() };
}

/**
 * Sets secrets of stack `local`, as `pulumi config set --secret` does on any other stack: there the configuration is put
 * together on every run, from files that are kept up to date here, so that `npm start` goes on with the new values.
 */
export async function setStackSecrets(changed: Readonly<Partial<Record<SecretKey, string>>>): Promise<void> {
  const all = { ...(await stackSecrets()), ...changed };
  const { gerritSshKey: _, gerritHttpPassword: __, ...own } = all;
  writeFileSync(join(paths.state, 'stack-secrets.json'), JSON.stringify(own), { mode: 0o600 });
  for (const [key, file] of Object.entries(GERRIT_FILES)) {
    const value = new Map(Object.entries(changed)).get(key);
    if (value !== undefined) writeFileSync(file, value, { mode: 0o600 });
  }
  const files = localStackFiles(paths.pulumi);
  const { values } = Machine.parse(JSON.parse(readFileSync(files.machine, 'utf8')));
  const secrets = Object.fromEntries(Object.entries(all).map(([key, value]) => [`seakeeper:${key}`, value]));
  await writeMachineValues(files, { values, secrets });
}

const hash = (value: string): string => createHash('sha256').update(value).digest('hex');

/** Waits until a running pod of one of our services sees a value in its mounted Secret: the kubelet takes up to 90 s. */
export async function waitForMounted(
  { namespace, workload }: { namespace: string; workload: string },
  name: string,
  value: string,
): Promise<void> {
  const script = `const { createHash } = require('crypto'); const { readFileSync } = require('fs');
    console.log(createHash('sha256').update(readFileSync('${SECRETS_DIRECTORY}/${name}')).digest('hex'))`;
  const read = () => kubectl(['exec', `--namespace=${namespace}`, workload, '--', '/usr/local/bin/node', '-e', script]);
  await until(`${workload} sees the new ${name}`, async () => (await read()).trim() === hash(value), 180_000);
}
