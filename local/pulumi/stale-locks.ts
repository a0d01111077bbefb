import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';

/** What the CLI writes into a lock of a file backend. */
const Lock = z.object({ pid: z.int(), hostname: z.string() });

/**
 * Takes away the locks that CLIs of this machine left behind when they were killed, so that the next one is not told to
 * wait for a process that is gone. A lock whose process lives, or that another machine holds, stays.
 *
 * @param backend folder of a file backend
 * @returns how many were taken away
 */
export function removeStaleLocks(backend: string): number {
  const folder = join(backend, '.pulumi', 'locks');
  if (!existsSync(folder)) return 0;
  const stale = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.json'))
    .map((name) => join(folder, name))
    .filter(isStale);
  for (const file of stale) rmSync(file, { force: true });
  return stale.length;
}

function isStale(file: string): boolean {
  const lock = Lock.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  return lock.success && lock.data.hostname === hostname() && !isAlive(lock.data.pid);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process is alive too.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
