import { accessSync, constants, existsSync } from 'node:fs';
import { join } from 'node:path';
import { logFile, type MakerContext } from './context';
import { CureError } from './cure-error';
import type { SystemPart } from './parts';
import { run } from './run';

/** Absolute path of a command on PATH or in the folders that only root's PATH has; undefined when there is none. */
export function findCommand(name: string, path = process.env['PATH'] ?? ''): string | undefined {
  const folders = [...path.split(':'), '/usr/local/sbin', '/usr/sbin', '/sbin', '/usr/local/bin', '/usr/bin', '/bin'];
  for (const folder of folders) {
    if (!folder.startsWith('/')) continue;
    const file = join(folder, name);
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // Not here: the next folder.
    }
  }
  return undefined;
}

/** What of the part is not on this machine. */
export function missingOf(part: SystemPart): string[] {
  return [
    ...part.commands.filter((command) => findCommand(command) === undefined),
    ...part.files.filter((file) => !existsSync(file)),
  ];
}

/**
 * Installs the Debian packages of the part.
 *
 * @throws CureError when the machine has no apt-get, or the packages do not bring what was missing
 */
export async function installSystemPart(part: SystemPart, context: MakerContext): Promise<void> {
  const missing = missingOf(part).join(', ');
  const packages = part.packages.join(' ');
  if (findCommand('apt-get') === undefined) {
    throw new CureError(
      `${missing} not found, and this machine has no apt-get`,
      `install what Debian calls ${packages}, then try again`,
    );
  }
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (what: string, ...args: string[]) =>
    run('apt-get', ['-q', '-o', 'DPkg::Lock::Timeout=120', ...args], { what, log: logFile(context, part.name), env });
  context.step(`apt-get install ${packages}`);
  const install = () => apt(`installing ${packages}`, 'install', '-y', '--no-install-recommends', ...part.packages);
  try {
    await install();
  } catch {
    // Usually the package lists are old or were never fetched.
    await apt('fetching package lists', 'update');
    await install();
  }
  const still = missingOf(part);
  if (still.length > 0) {
    throw new CureError(
      `packages ${packages} are installed, but ${still.join(', ')} is not there`,
      `reinstall them with "apt-get install --reinstall ${packages}"`,
    );
  }
}
