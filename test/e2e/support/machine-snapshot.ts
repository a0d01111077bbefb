import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { cgroupHierarchies } from '../../../local/cluster/cgroups';
import { runCommand } from '../../../local/cluster/run-command';

/** What a local cluster could leave behind on a machine; each list is sorted and free of what changes by itself. */
export type MachineSnapshot = Readonly<Record<string, readonly string[]>>;

/** Kernel settings that are really counters or random numbers: they differ between any two looks. */
const RESTLESS_SETTINGS: Readonly<Record<string, string>> = {
  'fs.aio-nr': 'requests in flight',
  'fs.dentry-state': 'cached names of files',
  'fs.file-nr': 'open files',
  'fs.inode-nr': 'cached inodes',
  'fs.inode-state': 'cached inodes',
  'fs.quota.syncs': 'how often disks were synced',
  'kernel.ns_last_pid': 'last process id given out',
  'kernel.perf_event_max_sample_rate': 'the kernel lowers it by itself under load',
  'kernel.perf_cpu_time_max_percent': 'the kernel lowers it by itself under load',
  'kernel.pty.nr': 'open terminals',
  'kernel.random.entropy_avail': 'estimate that moves by itself',
  'kernel.random.uuid': 'a new one at every look',
  'net.netfilter.nf_conntrack_count': 'connections the machine has',
};

/** Folders of the machine in which programs like ours leave things; names of entries only. */
const FOLDERS = ['/etc', '/opt', '/run', '/run/lock', '/usr/libexec', '/var/lib', '/var/log', '/var/tmp'];
/** Entries that come by using the machine, with or without a cluster. */
const EVERYDAY_ENTRIES = new Set([
  '/run/xtables.lock', // whoever lists firewall rules makes it
]);

export async function machineSnapshot(): Promise<MachineSnapshot> {
  const print = async (program: string, ...args: string[]) => lines(await runCommand(program, args));
  return {
    interfaces: (await print('ip', '-oneline', 'link')).map((line) => line.split(': ')[1] ?? line),
    addresses: (await print('ip', '-oneline', 'address')).map((line) => line.replace(/\s+valid_lft.*$/, '')),
    routes: await print('ip', 'route', 'show', 'table', 'all'),
    rules: await print('ip', 'rule'),
    namespaces: await print('ip', 'netns'),
    iptables: (await print('iptables-save')).map(withoutCounters).filter((line) => !line.startsWith('#')),
    nftables: (await print('nft', '--stateless', 'list', 'ruleset')).toSorted(),
    settings: (await print('sysctl', '--all', '--ignore')).filter((line) => !isRestless(line)).toSorted(),
    mounts: lines(readFileSync('/proc/self/mountinfo', 'utf8'))
      .map((line) => line.split(' ')[4] ?? line)
      .toSorted(),
    cgroups: cgroupHierarchies(readFileSync('/proc/mounts', 'utf8')).flatMap(foldersBelow).toSorted(),
    files: FOLDERS.flatMap(entriesOf).filter((path) => !EVERYDAY_ENTRIES.has(path)),
    processes: detachedProcesses(),
  };
}

/** Lines that are in one snapshot and not in the other, as `+ processes: …` and `- mounts: …`; empty: no difference. */
export function differences(before: MachineSnapshot, after: MachineSnapshot): string[] {
  return Object.keys(before).flatMap((kind) => {
    const [old, now] = [before[kind] ?? [], after[kind] ?? []];
    return [
      ...now.filter((line) => !old.includes(line)).map((line) => `+ ${kind}: ${line}`),
      ...old.filter((line) => !now.includes(line)).map((line) => `- ${kind}: ${line}`),
    ];
  });
}

const lines = (text: string): string[] => text.split('\n').filter((line) => line.trim() !== '');
const withoutCounters = (line: string): string => line.replace(/ \[\d+:\d+\]$/, '');
const isRestless = (line: string): boolean => RESTLESS_SETTINGS[line.split(' = ')[0] ?? ''] !== undefined;

function entriesOf(folder: string): string[] {
  return readable(() => readdirSync(folder)).map((name) => join(folder, name));
}

function foldersBelow(folder: string): string[] {
  const below = readable(() => readdirSync(folder, { withFileTypes: true }))
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(folder, entry.name));
  return [...below, ...below.flatMap(foldersBelow)];
}

/** Programs that nobody waits for: children of the first process, by executable. A cluster's are such. */
function detachedProcesses(): string[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) =>
    readable(() => {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const parent = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1];
      return parent === '1' ? [readlinkSync(`/proc/${pid}/exe`)] : [];
    }),
  );
}

/** What a look yields; nothing when what was looked at is gone meanwhile. */
function readable(look: () => string[]): string[];
function readable<T>(look: () => T[]): T[];
function readable<T>(look: () => T[]): T[] {
  try {
    return look();
  } catch {
    return [];
  }
}
