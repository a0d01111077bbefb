import { existsSync, readdirSync, readFileSync, rmdirSync } from 'node:fs';
import { ADDRESS_PLAN } from './address-plan';
import type { HostChangeRecord } from './host-changes';
import { runCommand, succeeds } from './run-command';

const {
  namespace,
  hostInterface,
  nodeInterface,
  hostAddress,
  nodeAddress,
  gerritAddress,
  prefixLength,
  subnet,
  serviceCidr,
} = ADDRESS_PLAN;

const RUN_NETNS = '/run/netns';
export const NAMESPACE_FILE = `${RUN_NETNS}/${namespace}`;

/** Prefix of a command that is to run in the node's network. Not `ip netns exec`, which hides the cgroups. */
export const IN_NAMESPACE = ['nsenter', `--net=${NAMESPACE_FILE}`, '--'] as const;

/**
 * What lets pods reach what the machine reaches, in a table of our own that is deleted as a whole. An address of a
 * Service stays here: in the moment before kube-proxy knows its endpoints a connection would otherwise leave the
 * machine, and whatever answers there is taken for the Service as long as the connection is kept.
 */
const NFT_TABLE = `
add table ip ${namespace}
delete table ip ${namespace}
table ip ${namespace} {
  chain postrouting {
    type nat hook postrouting priority srcnat; policy accept;
    ip saddr ${subnet} oifname != "${hostInterface}" masquerade
  }
  chain forward {
    type filter hook forward priority filter; policy accept;
    iifname "${hostInterface}" ip daddr ${serviceCidr} meta l4proto tcp reject with tcp reset
    iifname "${hostInterface}" ip daddr ${serviceCidr} reject
  }
}
`;

/** Rules for machines whose FORWARD chain drops by policy (Docker's does). */
const FORWARD_RULES = [
  ['FORWARD', '-i', hostInterface, '-m', 'comment', '--comment', namespace, '-j', 'ACCEPT'],
  ['FORWARD', '-o', hostInterface, '-m', 'comment', '--comment', namespace, '-j', 'ACCEPT'],
] as const;

/**
 * Makes the node's network what it should be: namespace, veth pair, addresses, route, and the machine's part in
 * forwarding. Whatever is there already is left, so this is also the repair.
 *
 * @param keeper pid of a process in the namespace, should there be one: it is found again even if its name is gone.
 */
export async function ensureNetwork(record: HostChangeRecord, keeper?: number): Promise<void> {
  await ensureNamespace(record, keeper);
  if (!(await succeeds('ip', ['link', 'show', 'dev', hostInterface]))) {
    await runCommand('ip', [
      ...['link', 'add', hostInterface, 'type', 'veth', 'peer', 'name', nodeInterface, 'netns', namespace],
    ]);
  }
  await runCommand('ip', ['address', 'replace', `${hostAddress}/${prefixLength}`, 'dev', hostInterface]);
  await runCommand('ip', ['link', 'set', hostInterface, 'up']);
  const inside = ['-n', namespace];
  for (const address of [nodeAddress, gerritAddress]) {
    await runCommand('ip', [...inside, 'address', 'replace', `${address}/${prefixLength}`, 'dev', nodeInterface]);
  }
  await runCommand('ip', [...inside, 'link', 'set', 'lo', 'up']);
  await runCommand('ip', [...inside, 'link', 'set', nodeInterface, 'up']);
  await runCommand('ip', [...inside, 'route', 'replace', 'default', 'via', hostAddress]);
  await setNamespaceSettings();
  await allowForwarding(record);
}

async function ensureNamespace(record: HostChangeRecord, keeper: number | undefined): Promise<void> {
  if (isMountPoint(NAMESPACE_FILE)) {
    return;
  }
  if (!isMountPoint(RUN_NETNS)) {
    record.makeFolder(RUN_NETNS);
    record.note({ mountedRunNetns: true });
  }
  if (keeper === undefined) {
    await runCommand('ip', ['netns', 'add', namespace]);
  } else {
    await runCommand('ip', ['netns', 'attach', namespace, String(keeper)]);
  }
}

async function setNamespaceSettings(): Promise<void> {
  // Bridged packets must pass iptables, or neither Services nor NetworkPolicies hold between pods of one node.
  if (!existsSync('/proc/sys/net/bridge')) {
    await succeeds('modprobe', ['br_netfilter']);
  }
  const [program = '', ...args] = IN_NAMESPACE;
  await runCommand(program, [
    ...args,
    ...['sysctl', '-qw', 'net.ipv4.ip_forward=1', 'net.bridge.bridge-nf-call-iptables=1'],
  ]);
}

async function allowForwarding(record: HostChangeRecord): Promise<void> {
  // Per interface, not `ip_forward`: no other interface of the machine begins to forward.
  record.changeSetting(`net/ipv4/conf/${hostInterface}/forwarding`, '1');
  const route = await runCommand('ip', ['-4', 'route', 'show', 'default']);
  const outward = /\bdev (\S+)/.exec(route)?.[1];
  if (outward !== undefined) {
    record.changeSetting(`net/ipv4/conf/${outward}/forwarding`, '1');
  }
  await runCommand('nft', ['-f', '-'], { input: NFT_TABLE });
  const forward = await runCommand('iptables', ['-S', 'FORWARD']).catch(() => '');
  if (forward.includes('-P FORWARD DROP')) {
    record.note({ forwardRules: true });
    for (const rule of FORWARD_RULES) {
      if (!(await succeeds('iptables', ['-C', ...rule]))) {
        const [chain, ...match] = rule;
        await runCommand('iptables', ['-I', chain, '1', ...match]);
      }
    }
  }
}

/** Removes everything `ensureNetwork` made, except kernel settings, which the record restores. */
export async function removeNetwork(record: HostChangeRecord): Promise<void> {
  if (record.current().forwardRules) {
    for (const rule of FORWARD_RULES) {
      await succeeds('iptables', ['-D', ...rule]);
    }
  }
  if (await succeeds('nft', ['list', 'table', 'ip', namespace])) {
    await runCommand('nft', ['delete', 'table', 'ip', namespace]);
  }
  if (await succeeds('ip', ['link', 'show', 'dev', hostInterface])) {
    await runCommand('ip', ['link', 'delete', hostInterface]);
  }
  if (existsSync(NAMESPACE_FILE)) {
    await runCommand('ip', ['netns', 'delete', namespace]);
  }
  if (record.current().mountedRunNetns && existsSync(RUN_NETNS) && readdirSync(RUN_NETNS).length === 0) {
    while (isMountPoint(RUN_NETNS)) {
      await runCommand('umount', [RUN_NETNS]);
    }
    rmdirSync(RUN_NETNS);
  }
}

export function isMountPoint(path: string): boolean {
  return readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .some((line) => line.split(' ')[4] === path);
}
