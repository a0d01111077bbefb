import { readdirSync, readFileSync } from 'node:fs';

/** Cgroup below which everything of the local cluster runs, its pods' containers included. */
const CLUSTER_CGROUP = 'seakeeper';

const read = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // the process ended while we looked
  }
};

/** Pids of the local cluster's processes whose command line matches. */
export function clusterProcesses(command: RegExp): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => read(`/proc/${pid}/cgroup`).includes(CLUSTER_CGROUP))
    .filter((pid) => command.test(read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim()))
    .map(Number);
}

/** Ends them without a chance to say goodbye. Throws when there is none: the test would show nothing. */
export function killProcesses(command: RegExp): void {
  const pids = clusterProcesses(command);
  if (pids.length === 0) {
    throw new Error(`no process of the local cluster matches ${command}; is the system up?`);
  }
  for (const pid of pids) {
    process.kill(pid, 'SIGKILL');
  }
}
