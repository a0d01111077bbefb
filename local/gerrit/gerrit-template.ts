import { mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type GerritRuntime, gerritCommand } from './gerrit-command';
import { runCommand } from './run-command';

/** What `init` writes and a site does not want: a copy of the server, every kind of host key, logs. */
const UNWANTED = ['bin', 'logs', 'tmp', 'lib', 'static', 'plugins'];

/**
 * An initialised empty site, made once and kept in the cache: a new site is a copy of it, which takes well under a
 * second where `init` takes ten. It holds no key and no password that a site keeps using.
 */
export async function ensureTemplate(folder: string, runtime: GerritRuntime): Promise<string> {
  const template = join(folder, 'template');
  if (await isDirectory(template)) {
    return template;
  }
  await mkdir(folder, { recursive: true });
  const scratch = await mkdtemp(join(folder, '.init-'));
  try {
    const site = join(scratch, 'site');
    const { command, args, env } = gerritCommand(runtime, join(scratch, 'tmp'), [
      'init',
      '-d',
      site,
      '--batch',
      '--dev',
      '--no-auto-start',
      '--skip-plugins',
    ]);
    await mkdir(join(scratch, 'tmp'));
    await runCommand(command, args, { env, deadlineMs: 180_000 });
    await removeUnwanted(site);
    await rename(site, template);
  } catch (error) {
    // Another start may have finished the same template first: then it is as good as ours.
    if (!(await isDirectory(template))) throw error;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  return template;
}

async function removeUnwanted(site: string): Promise<void> {
  const keys = (await readdir(join(site, 'etc'))).filter((name) => name.startsWith('ssh_host_'));
  const paths = [...UNWANTED, ...keys.map((name) => join('etc', name))];
  await Promise.all(paths.map((path) => rm(join(site, path), { recursive: true, force: true })));
}

async function isDirectory(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
