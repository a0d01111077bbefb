import { rmSync } from 'node:fs';
import type { LocalPaths } from '../paths';
import { CureError } from '../toolchain/cure-error';
import { removeCgroups } from './cgroups';
import { hostChangesFile, supervisorSocket } from './cluster-files';
import { withClusterLock } from './cluster-lock';
import { HostChangeRecord } from './host-changes';
import { endLeftovers } from './launch-supervisor';
import { removeNetwork } from './netns';
import { stopSupervisor } from './supervisor/control-client';

/** Longest a stop of all processes may take before what is left is ended by force. */
const STOP_TIMEOUT_MS = 60_000;

/** Ends every process of the node, containers included: in order if there is a supervisor, then by force. */
export async function stopProcesses(paths: LocalPaths): Promise<void> {
  await stopSupervisor(supervisorSocket(paths), STOP_TIMEOUT_MS);
  await endLeftovers(paths);
}

/**
 * Stops the local cluster and leaves the machine as it was: no process, mount, interface, rule, cgroup or changed
 * kernel setting. State and images stay, for the next start. Does nothing when nothing runs.
 *
 * @throws CureError when the user is not root
 */
export async function stopCluster(paths: LocalPaths): Promise<void> {
  if (process.getuid?.() !== 0) {
    throw new CureError('the local cluster was started as root and only root can stop it', 'run it with sudo');
  }
  await withClusterLock(paths, () => stopLocked(paths));
}

async function stopLocked(paths: LocalPaths): Promise<void> {
  await stopProcesses(paths);
  const record = new HostChangeRecord(hostChangesFile(paths), paths.state);
  await removeNetwork(record);
  removeCgroups();
  record.restore();
  rmSync(paths.run, { recursive: true, force: true });
}
