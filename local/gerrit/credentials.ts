import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { GerritHttp } from '../../services/shared/gerrit-http';
import type { GerritAdmin } from './gerrit-admin';
import { type GerritAddress, httpUrl } from './gerrit-options';
import { type GerritSitePaths, sshHostKeys, sshKeyFile } from './gerrit-site';
import { generateKeyPair } from './key-pair';
import { readSecretFile, writeSecretFile } from './secret-file';
import { runOverSsh, type SshTarget } from './ssh-command';

/** File of an account's HTTP token. */
export const httpPasswordFile = (paths: GerritSitePaths, account: string): string =>
  join(paths.secrets, `${account}-http-password`);

const NewToken = z.object({ token: z.string() });
const SshKeys = z.array(z.object({ encoded_key: z.string() }));

/** How the administrator reaches Gerrit over SSH: the one way in that a new site has. */
export async function adminOverSsh(paths: GerritSitePaths, address: GerritAddress): Promise<SshTarget> {
  const privateKey = await readSecretFile(sshKeyFile(paths, 'admin'));
  if (privateKey === undefined) {
    throw new Error(`${sshKeyFile(paths, 'admin')} is missing; remove ${paths.site} and start again`);
  }
  return {
    host: address.host,
    port: address.sshPort,
    account: 'admin',
    privateKey,
    hostKeys: await sshHostKeys(paths),
  };
}

/** The administrator's HTTP token: the stored one while it works, else a new one made over SSH. */
export async function ensureAdminPassword(paths: GerritSitePaths, address: GerritAddress): Promise<string> {
  const file = httpPasswordFile(paths, 'admin');
  const stored = await readSecretFile(file);
  if (stored !== undefined && (await isAccepted(address, 'admin', stored))) {
    return stored;
  }
  const target = await adminOverSsh(paths, address);
  const answer = await runOverSsh(target, `gerrit set-account admin --generate-token ${newTokenId()}`);
  const token = answer.match(/^New token \(id = [^)]+\): (\S+)/m)?.[1];
  if (token === undefined) {
    throw new Error('gerrit set-account --generate-token answered without a token');
  }
  await writeSecretFile(file, token);
  return token;
}

/** Another account's HTTP token: the stored one while it works, else a new one made by the administrator. */
export async function ensureHttpPassword(
  paths: GerritSitePaths,
  address: GerritAddress,
  admin: GerritAdmin,
  account: string,
): Promise<string> {
  const file = httpPasswordFile(paths, account);
  const stored = await readSecretFile(file);
  if (stored !== undefined && (await isAccepted(address, account, stored))) {
    return stored;
  }
  const { token } = NewToken.parse(await admin.rest('PUT', `/accounts/${account}/tokens/${newTokenId()}`, {}));
  await writeSecretFile(file, token);
  return token;
}

/** Sees that an account has the SSH key whose private half is in the secrets; makes the pair the first time. */
export async function ensureSshKey(
  paths: GerritSitePaths,
  address: GerritAddress,
  admin: GerritAdmin,
  account: string,
): Promise<void> {
  const publicFile = `${sshKeyFile(paths, account)}.pub`;
  let publicKey = await readSecretFile(publicFile);
  if (publicKey === undefined) {
    const pair = generateKeyPair(account);
    await writeSecretFile(sshKeyFile(paths, account), pair.privateKey);
    await writeSecretFile(publicFile, pair.publicKey);
    publicKey = pair.publicKey;
  }
  const registered = SshKeys.parse(await admin.rest('GET', `/accounts/${account}/sshkeys`));
  if (registered.some(({ encoded_key }) => publicKey.includes(encoded_key))) {
    return;
  }
  await runOverSsh(
    await adminOverSsh(paths, address),
    `gerrit set-account ${account} --add-ssh-key '${publicKey.trim()}'`,
  );
}

const newTokenId = (): string => `seakeeper-${randomBytes(4).toString('hex')}`;

async function isAccepted(address: GerritAddress, account: string, password: string): Promise<boolean> {
  const http = new GerritHttp({ baseUrl: httpUrl(address), account, password: () => password });
  try {
    const answer = await http.call('GET', '/accounts/self', { accepted: [401] });
    return answer.status === 200;
  } finally {
    await http.close();
  }
}
