import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { gerritSitePaths } from '../../../../local/gerrit/gerrit-site';
import { paths, type System } from '../system';

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

/**
 * Has Gerrit index all changes of these projects again, in its background. Its index lacks what was pushed in the moment in
 * which it was killed, and nobody else puts it there: Gerrit itself does not know such a change by its number.
 */
export async function indexAgain({ gerrit }: Pick<System, 'gerrit'>, projects: readonly string[]): Promise<void> {
  for (const project of projects) {
    await gerrit.rest('POST', `/projects/${encodeURIComponent(project)}/index.changes`);
  }
}
