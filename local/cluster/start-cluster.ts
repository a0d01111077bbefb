import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { LocalPaths } from '../paths';
import type { Toolchain } from '../toolchain/toolchain';
import { KUBECONFIG_NAMES } from './certificates';
import { createCgroups, podCgroups } from './cgroups';
import { hostChangesFile, planFile, supervisorSocket } from './cluster-files';
import { withClusterLock } from './cluster-lock';
import { clusterObjects } from './cluster-objects';
import { reachableNameServers, renderConfigFiles } from './config-files';
import { HostChangeRecord, KUBELET_SETTINGS } from './host-changes';
import { renderKubeconfig } from './kubeconfig';
import { bindMounts, launchSupervisor, NODE, SOURCES } from './launch-supervisor';
import { ensureNetwork } from './netns';
import { ensurePki } from './pki';
import { checkPreconditions } from './preconditions';
import { clusterProcesses } from './processes';
import { stopProcesses } from './stop-cluster';
import { supervisorStatus } from './supervisor/control-client';
import { type ProcessSpecInput, SupervisorPlan } from './supervisor/process-spec';

export type StartOptions = Readonly<{
  paths: LocalPaths;
  toolchain: Pick<Toolchain, 'binary' | 'cniPlugins'>;
  /** Processes beside the cluster's own, in the same network (Gerrit). */
  processes: readonly ProcessSpecInput[];
}>;

/**
 * Starts the local cluster, or repairs the one that runs: what is as it should be is left alone. Resolves when the
 * supervisor has begun to start the processes; `waitForCluster` waits until they serve.
 *
 * @throws CureError when something stands in the way; nothing has been changed then
 */
export async function startCluster(options: StartOptions): Promise<void> {
  await checkPreconditions(options.paths);
  await withClusterLock(options.paths, () => startLocked(options));
}

async function startLocked(options: StartOptions): Promise<void> {
  const { paths } = options;
  await ensurePki(paths.pki, new Date());
  writeKubeconfigs(paths);
  const plan = writePlan(options);
  const running = await supervisorStatus(supervisorSocket(paths));
  const reusable = running !== undefined && running.plan === plan && !running.stopping;
  if (running !== undefined && !reusable) {
    await stopProcesses(paths);
  }
  const record = new HostChangeRecord(hostChangesFile(paths), paths.state);
  await ensureNetwork(record, reusable ? running.pid : undefined);
  if (!reusable) {
    prepareNode(paths, record);
    await launchSupervisor(paths);
  }
}

/**
 * Empties the local cluster: its objects, volumes and Gerrit go, its images and certificates stay. What runs is ended
 * first.
 */
export async function emptyCluster(paths: LocalPaths): Promise<void> {
  await checkPreconditions(paths);
  await withClusterLock(paths, () => stopProcesses(paths));
  for (const folder of [paths.etcd, paths.kubelet, paths.volumes, paths.gerrit, join(paths.logs, 'pods')]) {
    rmSync(folder, { recursive: true, force: true });
  }
}

function prepareNode(paths: LocalPaths, record: HostChangeRecord): void {
  for (const setting of KUBELET_SETTINGS) {
    record.rememberSetting(setting);
  }
  for (const { onto } of bindMounts(paths)) {
    record.makeFolder(onto);
  }
  createCgroups();
}

/** Writes configuration and plan; returns the plan's fingerprint, which changes when any of them does. */
function writePlan({ paths, toolchain, processes }: StartOptions): string {
  const files = {
    ...renderConfigFiles(paths, { cniPlugins: toolchain.cniPlugins, nameServers: nameServers() }),
    'cluster-objects.json': JSON.stringify(clusterObjects(), undefined, 2),
  };
  for (const [name, text] of Object.entries(files)) {
    write(join(paths.config, name), text);
  }
  const plan = SupervisorPlan.parse({
    socket: supervisorSocket(paths),
    logs: paths.logs,
    podCgroups: podCgroups(),
    binds: bindMounts(paths),
    configFingerprint: sha256(JSON.stringify(files)),
    processes: [...clusterProcesses(paths, toolchain.binary, NODE, SOURCES), ...processes],
  });
  const text = JSON.stringify(plan, undefined, 2);
  write(planFile(paths), text);
  return sha256(text);
}

function writeKubeconfigs(paths: LocalPaths): void {
  const pem = (file: string): string => readFileSync(join(paths.pki, file), 'utf8');
  const render = (name: string): string =>
    renderKubeconfig(pem('cluster-ca.crt'), pem(`${name}.crt`), pem(`${name}.key`));
  for (const name of KUBECONFIG_NAMES) {
    write(join(paths.kubeconfigs, `${name}.kubeconfig`), render(name));
  }
  write(paths.adminKubeconfig, render('admin'));
}

function nameServers(): string[] {
  // systemd-resolved listens on loopback; the servers it asks are in its own file.
  const resolved = '/run/systemd/resolve/resolv.conf';
  return reachableNameServers(readFileSync(existsSync(resolved) ? resolved : '/etc/resolv.conf', 'utf8'));
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(`${file}.new`, text, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
