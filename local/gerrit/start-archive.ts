import { mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { freeAddress } from './free-address';
import { type GerritRuntime, gerritCommand } from './gerrit-command';
import { gerritProcess } from './gerrit-process';
import { ensureSite, gerritSitePaths } from './gerrit-site';
import { runCommand } from './run-command';
import { runGerrit } from './run-gerrit';
import { seedGerrit } from './seed';

/**
 * Options that make use of an archive. One that is missing or does not fit (another Java, other jars) is passed over
 * without a word: it only makes starts short.
 */
export const archiveOptions = (archive: string): readonly string[] => [
  `-XX:AOTCache=${archive}`,
  '-Xlog:aot=off',
  '-Xlog:cds=off',
];

/**
 * Gerrit's classes, parsed ahead of time: a start takes a third less work. Made once, from a start and
 * a seeding of a site that is thrown away, which is just the work it shall make short.
 */
export async function ensureStartArchive(archive: string, runtime: GerritRuntime, template: string): Promise<void> {
  if (await isFile(archive)) return;
  const scratch = await mkdtemp(`${archive}-`);
  try {
    const address = await freeAddress();
    const paths = gerritSitePaths(join(scratch, 'gerrit'));
    await ensureSite(paths, template, address);
    const made = join(scratch, 'archive');
    const gerrit = await runGerrit(
      // Linking classes ahead too makes archives that crash Java 25.
      gerritProcess(paths, runtime, address, [`-XX:AOTCacheOutput=${made}`, '-XX:-AOTClassLinking']),
      join(scratch, 'log'),
    );
    try {
      const { admin } = await seedGerrit(paths, address);
      await admin.close();
    } finally {
      await gerrit.stop();
    }
    // Some archives crash the virtual machine when they are loaded: better none than such a one.
    const { command, args, env } = gerritCommand(runtime, scratch, ['version'], archiveOptions(made));
    await runCommand(command, args, { env });
    await rename(made, archive);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}
