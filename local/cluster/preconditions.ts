import { existsSync, readFileSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { LocalPaths } from '../paths';
import { CureError } from '../toolchain/cure-error';
import { ADDRESS_PLAN } from './address-plan';
import { cgroupHierarchies } from './cgroups';
import { hostChangesFile } from './cluster-files';
import { findObstacle, type MachineFacts } from './find-obstacle';
import { readHostChanges } from './host-changes';
import { NAMESPACE_FILE } from './netns';
import { runCommand, succeeds } from './run-command';

/**
 * Looks whether the node can be made on this machine; changes nothing.
 *
 * @throws CureError with the first thing in the way
 */
export async function checkPreconditions(paths: LocalPaths): Promise<void> {
  const obstacle = findObstacle(await gatherFacts(paths), paths.state);
  if (obstacle !== undefined) {
    throw new CureError(obstacle.problem, obstacle.cure);
  }
}

async function gatherFacts(paths: LocalPaths): Promise<MachineFacts> {
  const { hostInterface } = ADDRESS_PLAN;
  return {
    userId: process.getuid?.() ?? -1,
    cgroupHierarchies: cgroupHierarchies(readFileSync('/proc/mounts', 'utf8')),
    freeBytes: freeBytes(paths.state),
    recordedOwner: readHostChanges(hostChangesFile(paths))?.owner,
    namespaceExists: existsSync(NAMESPACE_FILE),
    interfaceExists: await succeeds('ip', ['link', 'show', 'dev', hostInterface]),
    addresses: await show(['-4', '-oneline', 'address', 'show']),
    routes: await show(['-4', 'route', 'show', 'table', 'main']),
  };
}

/** What `ip` prints; nothing where it is not installed yet, which the toolchain mends before this is asked again. */
async function show(args: readonly string[]): Promise<string> {
  return await runCommand('ip', args).catch(() => '');
}

function freeBytes(folder: string): number {
  let existing = folder;
  while (!existsSync(existing)) {
    existing = dirname(existing);
  }
  const { bavail, bsize } = statfsSync(existing);
  return bavail * bsize;
}
