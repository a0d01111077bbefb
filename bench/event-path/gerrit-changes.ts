import pLimit from 'p-limit';
import { z } from 'zod';
import type { GerritAdmin } from '../../local/gerrit/gerrit-admin';

/** More at once make Gerrit no quicker on two processors. */
const AT_ONCE = 4;
const Created = z.object({ _number: z.int() });

/** Opens a change with an empty commit, as people do on the web page. Resolves to its number. */
export async function openChange(gerrit: GerritAdmin, project: string, subject: string): Promise<number> {
  const body = { project, branch: 'master', subject, status: 'NEW' };
  return Created.parse(await gerrit.rest('POST', '/changes/', body))._number;
}

/** Opens so many changes, turn by turn in each of the projects. */
export async function openChanges(gerrit: GerritAdmin, projects: readonly string[], count: number): Promise<void> {
  const limit = pLimit(AT_ONCE);
  const opening = Array.from({ length: count }, (_, index) => {
    const project = projects[index % projects.length] ?? '';
    return limit(() => openChange(gerrit, project, `Change ${index}`));
  });
  await Promise.all(opening);
}
