import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Words to put before a command so that it runs where there is no network. */
export type NetworkWall = readonly string[];

/** Ways to a network namespace without an interface: as root, and as anybody where user namespaces are allowed. */
const WALLS: readonly NetworkWall[] = [
  ['unshare', '--net', '--'],
  ['unshare', '--user', '--map-current-user', '--net', '--'],
];

/**
 * How a process is kept from every network on this machine. Throws in one line when it cannot be, unless that was accepted.
 */
export async function findNetworkWall(allowNetwork: boolean, walls = WALLS): Promise<NetworkWall> {
  if (allowNetwork) return [];
  const refusals: string[] = [];
  for (const [program = '', ...args] of walls) {
    try {
      await run(program, [...args, 'true']);
      return [program, ...args];
    } catch (error) {
      const stderr = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : String(error);
      refusals.push(stderr || `${program} failed`);
    }
  }
  throw new Error(
    `the network cannot be shut to the program (${[...new Set(refusals)].join('; ')}); run as root or where user namespaces are allowed, or accept it with --allow-network`,
  );
}

/**
 * Flags of Node with which a program may read those paths and nothing else: no file written, no process, thread, add-on or
 * debugger, and no code made of text.
 *
 * @see https://nodejs.org/docs/latest-v24.x/api/permissions.html
 */
export const permissionFlags = (readable: readonly string[]): string[] => [
  '--permission',
  ...readable.map((path) => `--allow-fs-read=${path}`),
  '--disallow-code-generation-from-strings',
  '--max-old-space-size=2048',
];
