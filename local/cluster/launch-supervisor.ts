import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LocalPaths } from '../paths';
import { killAll, ourCgroups } from './cgroups';
import { planFile, supervisorSocket } from './cluster-files';
import { IN_NAMESPACE } from './netns';
import { KUBELET_ROOT } from './processes';
import { supervisorStatus } from './supervisor/control-client';
import type { BindMount } from './supervisor/process-spec';

/** Node.js with what lets it run this project's TypeScript. */
export const NODE = [process.execPath, '--import', require.resolve('tsx')] as const;
/** Folder of this project. */
export const SOURCES = join(__dirname, '..', '..');

/**
 * Folders of the machine that CNI, runc and the kubelet insist on. The node sees ours in their place, so that a
 * containerd or Kubernetes of the machine's own is never met.
 */
export function bindMounts(paths: LocalPaths): BindMount[] {
  return [
    { from: join(paths.run, 'containerd-runtime'), onto: '/run/containerd' },
    { from: join(paths.run, 'cni'), onto: '/var/lib/cni' },
    { from: join(paths.logs, 'containers'), onto: '/var/log/containers' },
    { from: paths.kubelet, onto: KUBELET_ROOT },
  ];
}

/**
 * Starts the supervisor, detached, in the node's network and in a mount namespace of its own: what the kubelet and
 * containerd mount is seen by nobody else and vanishes with the last of their processes. Resolves when it answers.
 */
export async function launchSupervisor(paths: LocalPaths): Promise<void> {
  await endLeftovers(paths);
  const logFile = join(paths.logs, 'supervisor.log');
  mkdirSync(paths.logs, { recursive: true, mode: 0o700 });
  const log = openSync(logFile, 'a', 0o600);
  const [program, ...args] = [
    ...IN_NAMESPACE,
    ...['unshare', '--mount', '--propagation', 'slave', '--'],
    ...[...NODE, join(__dirname, 'supervisor/main.ts'), planFile(paths)],
  ];
  const child = spawn(program, args, { detached: true, stdio: ['ignore', log, log], cwd: '/' });
  closeSync(log);
  let ended = false;
  child.once('exit', () => {
    ended = true;
  });
  const deadline = Date.now() + 15_000;
  while ((await supervisorStatus(supervisorSocket(paths))) === undefined) {
    if (ended || Date.now() > deadline) {
      const lastLine = readFileSync(logFile, 'utf8').trim().split('\n').at(-1);
      throw new Error(`the supervisor did not start: ${lastLine}; its log is ${logFile}`);
    }
    await sleep(50);
  }
  child.unref();
}

/** Ends processes of a node whose supervisor is gone, and forgets what only they knew. */
export async function endLeftovers(paths: LocalPaths): Promise<void> {
  await killAll(ourCgroups());
  // Only plain files are left here: the mounts were in a namespace that ended with the processes.
  for (const folder of ['containerd', 'containerd-runtime', 'cni']) {
    rmSync(join(paths.run, folder), { recursive: true, force: true });
  }
  rmSync(supervisorSocket(paths), { force: true });
}
