import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { gerritSitePaths } from '../../../../local/gerrit/gerrit-site';
import { paths } from '../system';

/**
 * Removes what a Gerrit that was killed held locked in its repositories, while none runs. Nobody else does: a
 * `packed-refs.lock` that stays keeps every later write out, for as long as its administrator lets it.
 */
export async function removeStaleLocks(): Promise<void> {
  const repositories = join(gerritSitePaths(paths.gerrit).site, 'git');
  const names = await readdir(repositories, { recursive: true });
  for (const name of names.filter((each) => each.endsWith('.lock'))) {
    await rm(join(repositories, name), { force: true });
  }
}
