import type { LocalPaths } from '../paths';
import { CureError } from '../toolchain/cure-error';
import { supervisorSocket } from './cluster-files';
import { supervisorStatus } from './supervisor/control-client';
import { isReady, type ProcessStatus } from './supervisor/process-spec';

export type ClusterStatus = Readonly<{
  /** Whether the supervisor answers. */
  running: boolean;
  /** Whether it does and all it keeps running serves. */
  healthy: boolean;
  processes: readonly ProcessStatus[];
  kubeconfig: string;
  logs: string;
}>;

/**
 * What runs of the local cluster, as its supervisor sees it.
 *
 * @throws CureError when the user is not root, whom alone the supervisor answers
 */
export async function clusterStatus(paths: LocalPaths): Promise<ClusterStatus> {
  if (process.getuid?.() !== 0) {
    throw new CureError('the local cluster runs as root and tells only root how it is', 'run it with sudo');
  }
  const status = await supervisorStatus(supervisorSocket(paths));
  const processes = status?.processes ?? [];
  return {
    running: status !== undefined,
    healthy: status !== undefined && processes.every(isReady),
    processes,
    kubeconfig: paths.adminKubeconfig,
    logs: paths.logs,
  };
}

/** The status as lines for a person. */
export function renderStatus(status: ClusterStatus): string {
  if (!status.running) {
    return 'the local cluster is not running; start it with "npm start"\n';
  }
  const lines = status.processes.map((process) => {
    const restarts =
      process.restarts === 0 ? '' : `restarted ${process.restarts} times, last after ${process.lastExit}`;
    return `${process.name.padEnd(26)}${process.state.padEnd(13)}${String(process.pid ?? '').padEnd(9)}${restarts}`.trimEnd();
  });
  return [...lines, '', `kubeconfig  ${status.kubeconfig}`, `logs        ${status.logs}`, ''].join('\n');
}
