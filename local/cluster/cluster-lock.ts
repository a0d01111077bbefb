import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { LocalPaths } from '../paths';
import { withLock } from '../toolchain/lock';

/** Runs `work` while no other command starts or stops the local cluster; waits for one that does. */
export async function withClusterLock<T>(paths: Pick<LocalPaths, 'state'>, work: () => Promise<T>): Promise<T> {
  mkdirSync(paths.state, { recursive: true, mode: 0o700 });
  const onWait = (holder: string): void => {
    process.stderr.write(`${holder} starts or stops the local cluster; waiting for it\n`);
  };
  return await withLock(join(paths.state, 'cluster.lock'), onWait, work);
}
