import { cp, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { GerritAddress } from './gerrit-options';
import { generateKeyPair, withoutComment } from './key-pair';
import { renderGerritConfig } from './render-gerrit-config';
import { runCommand } from './run-command';
import { readSecretFile, writeSecretFile } from './secret-file';

/** Where `init --dev` keeps the administrator's account in All-Users. */
const ADMIN_REF = 'refs/users/00/1000000';

/** Paths of one Gerrit: its site and the credentials generated for it. */
export interface GerritSitePaths {
  readonly site: string;
  readonly logs: string;
  readonly scratch: string;
  readonly hostKey: string;
  /** Folder of the credentials; files are 0600, see `credentials.ts`. */
  readonly secrets: string;
}

/** Paths of the Gerrit kept in `folder`. */
export function gerritSitePaths(folder: string): GerritSitePaths {
  const site = join(folder, 'site');
  return {
    site,
    logs: join(site, 'logs'),
    scratch: join(site, 'tmp'),
    hostKey: join(site, 'etc', 'ssh_host_ed25519_key'),
    secrets: join(folder, 'secrets'),
  };
}

/** File of an account's private SSH key. */
export const sshKeyFile = (paths: GerritSitePaths, account: string): string =>
  join(paths.secrets, `${account}-ssh-key`);

/**
 * Makes the site when there is none, and writes its configuration every time, so that a change of address needs no new
 * site. A new site has a host key of its own and an administrator who has one SSH key and no password.
 */
export async function ensureSite(paths: GerritSitePaths, template: string, address: GerritAddress): Promise<void> {
  if ((await readServerId(paths.site)) === undefined) {
    await createSite(paths, template);
  }
  const serverId = await readServerId(paths.site);
  if (serverId === undefined) {
    throw new Error(`${paths.site}/etc/gerrit.config has no gerrit.serverId; remove ${paths.site} and start again`);
  }
  await writeFile(join(paths.site, 'etc', 'gerrit.config'), renderGerritConfig(address, serverId));
  await mkdir(paths.scratch, { recursive: true });
}

/** Public host keys of a site, as they are pinned: `type base64`. */
export async function sshHostKeys(paths: GerritSitePaths): Promise<string[]> {
  return [withoutComment(await readFile(`${paths.hostKey}.pub`, 'utf8'))];
}

async function createSite(paths: GerritSitePaths, template: string): Promise<void> {
  const fresh = `${paths.site}.new`;
  await rm(fresh, { recursive: true, force: true });
  await rm(paths.secrets, { recursive: true, force: true });
  await cp(template, fresh, { recursive: true });
  for (const folder of ['bin', 'lib', 'logs', 'plugins', 'static', 'tmp']) {
    await mkdir(join(fresh, folder), { recursive: true });
  }

  const hostKey = generateKeyPair('gerrit');
  const hostKeyFile = join(fresh, 'etc', 'ssh_host_ed25519_key');
  await writeSecretFile(hostKeyFile, hostKey.privateKey);
  await writeFile(`${hostKeyFile}.pub`, `${hostKey.publicKey}\n`);

  const adminKey = generateKeyPair('admin');
  await writeSecretFile(sshKeyFile(paths, 'admin'), adminKey.privateKey);
  await replaceAdminCredentials(join(fresh, 'git', 'All-Users.git'), adminKey.publicKey);
  await rename(fresh, paths.site);
}

/** Takes away the well-known development password and gives the administrator a key, before anybody can connect. */
async function replaceAdminCredentials(allUsers: string, publicKey: string): Promise<void> {
  const message = "Replace the administrator's credentials";
  const when = `${Math.floor(Date.now() / 1000)} +0000`;
  const keys = `${publicKey.trim()}\n`;
  const stream = [
    `commit ${ADMIN_REF}`,
    `committer Seakeeper <seakeeper@localhost> ${when}`,
    `data ${Buffer.byteLength(message)}`,
    message,
    `from ${ADMIN_REF}^0`,
    'M 100644 inline authorized_keys',
    `data ${Buffer.byteLength(keys)}`,
    keys,
    'D tokens.config',
    '',
  ].join('\n');
  await runCommand('git', ['-C', allUsers, 'fast-import', '--quiet'], { stdin: stream });
}

async function readServerId(site: string): Promise<string | undefined> {
  const config = await readSecretFile(join(site, 'etc', 'gerrit.config'));
  return config?.match(/^\s*serverId = (\S+)$/m)?.[1];
}
