import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { ADDRESS_PLAN } from '../../../local/cluster/address-plan';
import { NAMESPACE_FILE } from '../../../local/cluster/netns';
import { runCommand, succeeds } from '../../../local/cluster/run-command';
import type { Target } from './probe-pod';

/** The network namespace of the node, of this machine or of a process, as a file. */
export type Network = string;
export const NODE_NETWORK: Network = NAMESPACE_FILE;
export const MACHINE_NETWORK: Network = '/proc/self/ns/net';

/** Listens on every target it is given, says `up` once it does on all, and answers UDP with what it was asked. */
const LISTEN = `
const targets = process.argv.slice(1);
const up = targets.map((target) => new Promise((done) => {
  const [, host, port, protocol] = /^(.+):(\\d+)(?:\\/(udp))?$/.exec(target);
  if (protocol === 'udp') {
    const socket = require('node:dgram').createSocket('udp4');
    socket.on('message', (message, from) => socket.send(message, from.port, from.address));
    socket.bind(Number(port), host, done);
  } else {
    require('node:net').createServer((socket) => socket.on('error', () => {}).end()).listen(Number(port), host, done);
  }
}));
Promise.all(up).then(() => console.log('up'));
`;

/** Something that is there for a test and gone after it. */
export interface TestListener {
  readonly remove: () => Promise<void>;
}

/** Listens on addresses that a network has already. Rejects when one is taken. */
export async function listenIn(network: Network, targets: readonly Target[]): Promise<TestListener> {
  const enter = [`--net=${network}`, '--', process.execPath, '-e', LISTEN, '--', ...targets];
  const listener = spawn('nsenter', enter, { stdio: ['ignore', 'pipe', 'inherit'] });
  const first = await Promise.race([once(listener.stdout, 'data'), once(listener, 'exit')]);
  if (listener.exitCode !== null) {
    throw new Error(`listener on ${targets.join(', ')} ended (${String(first[0])})`);
  }
  return { remove: () => stop(listener) };
}

/** Adds an address to the node itself and listens there, as a cloud's metadata service would. */
export async function addNodeAddress(address: string, port: number): Promise<TestListener> {
  const onLoopback = [`${address}/32`, 'dev', 'lo'];
  await runCommand('ip', ['-n', ADDRESS_PLAN.namespace, 'address', 'replace', ...onLoopback]);
  const listener = await listenIn(NODE_NETWORK, [`${address}:${port}`]);
  return {
    remove: async () => {
      await listener.remove();
      await runCommand('ip', ['-n', ADDRESS_PLAN.namespace, 'address', 'del', ...onLoopback]);
    },
  };
}

/** A host of the outside world: its addresses are of a range kept for documentation, so they are nobody's. */
export const OUTSIDE_HOST = { address: '203.0.113.10' } as const;
const OUTSIDE = { namespace: 'seakeeper-test', near: 'sk-test0', far: 'sk-test1', gateway: '203.0.113.1' } as const;

/** A host outside the cluster, in a network namespace of its own, which pods reach through this machine. */
export async function addOutsideHost(port: number): Promise<TestListener> {
  const { namespace, near, far, gateway } = OUTSIDE;
  const { address } = OUTSIDE_HOST;
  const ip = (...args: string[]) => runCommand('ip', args);
  const removeNetwork = async () => {
    await succeeds('ip', ['link', 'del', near]);
    await succeeds('ip', ['netns', 'del', namespace]);
  };
  // A run that was killed may have left it.
  await removeNetwork();
  await ip('netns', 'add', namespace);
  await ip('link', 'add', near, 'type', 'veth', 'peer', 'name', far, 'netns', namespace);
  await ip('address', 'add', `${gateway}/24`, 'dev', near);
  await ip('link', 'set', near, 'up');
  await runCommand('sysctl', ['-qw', `net.ipv4.conf.${near}.forwarding=1`]);
  await ip('-n', namespace, 'address', 'add', `${address}/24`, 'dev', far);
  await ip('-n', namespace, 'link', 'set', far, 'up');
  const listener = await listenIn(`/run/netns/${namespace}`, [`${address}:${port}`]);
  return {
    remove: async () => {
      await listener.remove();
      await removeNetwork();
    },
  };
}

/** The network of a container, by the ID its pod's status names. */
export function networkOfContainer(containerId: string): Network {
  const id = containerId.replace(/^\w+:\/\//, '');
  const pid = readdirSync('/proc').find((entry) => /^\d+$/.test(entry) && cgroupsOf(entry).includes(id));
  if (pid === undefined) {
    throw new Error(`no process of container ${id} on this machine`);
  }
  return `/proc/${pid}/ns/net`;
}

function cgroupsOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cgroup`, 'utf8');
  } catch {
    return '';
  }
}

async function stop(listener: ChildProcess): Promise<void> {
  const gone = once(listener, 'exit');
  listener.kill();
  await gone;
}
