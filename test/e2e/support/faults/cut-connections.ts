import { runCommand } from '../../../../local/cluster/run-command';

/** Last number of an address such as `10.244.0.7:41234` or `[::ffff:10.244.0.7]:41234`. */
const PORT = /:(\d+)$/;

/**
 * Makes every connection of a process to a port half-open: no packet of it passes any more, in either direction, and
 * neither end is told. The rules stand in the network namespace of the process alone, and go with it.
 *
 * @returns local ports of the connections
 */
export async function cutConnections(pid: number, toPort: number): Promise<number[]> {
  const ports = await connectionsTo(pid, toPort);
  for (const port of ports) {
    for (const rule of rulesFor(port, toPort)) {
      await inNetworkOf(pid, 'iptables', ['-I', ...rule]);
    }
  }
  return ports;
}

/** Local ports from which a process, or its pod, is connected to a port. */
export async function connectionsTo(pid: number, toPort: number): Promise<number[]> {
  const established = ['-Htn', 'state', 'established', 'dport', '=', `:${toPort}`];
  return (await inNetworkOf(pid, 'ss', established))
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => Number(PORT.exec(line.trim().split(/\s+/)[2] ?? '')?.[1]))
    .filter((port) => Number.isInteger(port));
}

/** Lets packets pass again: a port is used for another connection one day. */
export async function mendConnections(pid: number, ports: readonly number[], toPort: number): Promise<void> {
  for (const rule of ports.flatMap((port) => rulesFor(port, toPort))) {
    await inNetworkOf(pid, 'iptables', ['-D', ...rule]);
  }
}

const rulesFor = (port: number, toPort: number): readonly (readonly string[])[] => [
  ['OUTPUT', '-p', 'tcp', '--sport', String(port), '--dport', String(toPort), '-j', 'DROP'],
  ['INPUT', '-p', 'tcp', '--sport', String(toPort), '--dport', String(port), '-j', 'DROP'],
];

const inNetworkOf = (pid: number, program: string, args: readonly string[]): Promise<string> =>
  runCommand('nsenter', [`--net=/proc/${pid}/ns/net`, '--', program, ...args]);
