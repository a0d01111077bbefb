import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Our folder in every cgroup hierarchy: each process of the local cluster, containers included, lives below it. */
export const CGROUP = 'seakeeper';
const POD_CGROUP = 'kubepods';
/** Hierarchies the supervisor is moved into; pods are put into all of them by the kubelet. */
const SUPERVISED = ['pids', 'memory', 'systemd', 'unified'];
const CONTAINER_GRACE_MS = 5_000;

/** Mount points of the cgroup hierarchies, from the text of /proc/mounts: several (v1, hybrid) or one (v2). */
export function cgroupHierarchies(mounts: string): string[] {
  const found = mounts
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([, , type]) => type === 'cgroup' || type === 'cgroup2')
    .map(([, path]) => path)
    .filter((path) => path !== undefined);
  return [...new Set(found)];
}

/** Our folder in each hierarchy of this machine, whether or not it exists. */
export function ourCgroups(): string[] {
  return cgroupHierarchies(readFileSync('/proc/mounts', 'utf8')).map((path) => join(path, CGROUP));
}

export function podCgroups(): string[] {
  return ourCgroups().map((folder) => join(folder, POD_CGROUP));
}

/** Makes our folders, which the kubelet expects to find. */
export function createCgroups(): void {
  for (const folder of ourCgroups()) {
    mkdirSync(folder, { recursive: true });
    if (existsSync(join(folder, 'cgroup.controllers')) && basename(join(folder, '..')) !== 'unified') {
      // cgroup v2: a controller works in a folder only when its parent hands it down.
      handDownControllers(join(folder, '..'));
      handDownControllers(folder);
    }
  }
}

function handDownControllers(folder: string): void {
  const controllers = readFileSync(join(folder, 'cgroup.controllers'), 'utf8').trim().split(/\s+/).filter(Boolean);
  for (const controller of controllers) {
    try {
      writeFileSync(join(folder, 'cgroup.subtree_control'), `+${controller}`);
    } catch {
      // Some cannot be handed down on some machines; the kubelet names those it misses.
    }
  }
}

/** Moves a process, and so all it starts, below our folder: how we know our processes from everybody else's. */
export function adopt(pid: number): void {
  const folders = ourCgroups();
  const chosen =
    folders.length === 1 ? folders : folders.filter((path) => SUPERVISED.includes(basename(join(path, '..'))));
  for (const folder of chosen) {
    const system = join(folder, 'system');
    mkdirSync(system, { recursive: true });
    writeFileSync(join(system, 'cgroup.procs'), String(pid));
  }
}

/** Pids in these folders and all below them. */
export function processesIn(folders: readonly string[]): number[] {
  const pids = new Set<number>();
  for (const folder of folders) {
    collect(folder, pids);
  }
  return [...pids];
}

function collect(folder: string, pids: Set<number>): void {
  let names: string[];
  try {
    for (const line of readFileSync(join(folder, 'cgroup.procs'), 'utf8').split('\n')) {
      if (line !== '') {
        pids.add(Number(line));
      }
    }
    names = readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name);
  } catch {
    return; // Gone meanwhile, with the last of its processes.
  }
  for (const name of names) {
    collect(join(folder, name), pids);
  }
}

/** Asks every container to end and ends those that do not within a few seconds. */
export async function endContainers(folders: readonly string[]): Promise<void> {
  signalAll(folders, 'SIGTERM');
  const deadline = Date.now() + CONTAINER_GRACE_MS;
  while (Date.now() < deadline && processesIn(folders).length > 0) {
    await sleep(50);
  }
  await killAll(folders);
}

/** Ends every process in these folders by force, and those they start meanwhile; gives up after 20 s. */
export async function killAll(folders: readonly string[]): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (processesIn(folders).length > 0) {
    if (Date.now() > deadline) {
      throw new Error(`processes do not end even by SIGKILL: ${processesIn(folders).join(', ')}`);
    }
    signalAll(folders, 'SIGKILL');
    await sleep(50);
  }
}

function signalAll(folders: readonly string[], signal: NodeJS.Signals): void {
  for (const pid of processesIn(folders)) {
    if (pid === process.pid) {
      continue;
    }
    try {
      process.kill(pid, signal);
    } catch {
      // It has ended by itself.
    }
  }
}

/** Removes our folders and all below them; they must hold no process. */
export function removeCgroups(): void {
  for (const folder of ourCgroups()) {
    removeTree(folder);
  }
}

function removeTree(folder: string): void {
  if (!existsSync(folder)) {
    return;
  }
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) {
      removeTree(join(folder, entry.name));
    }
  }
  rmdirSync(folder);
}
