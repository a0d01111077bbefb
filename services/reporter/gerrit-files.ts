import pLimit from 'p-limit';
import { TerminalError } from '../shared/errors';
import type { GerritClient } from '../shared/gerrit-client';
import type { PatchSetFiles, PatchSetReference } from './ports';

const CONCURRENCY = 4;

/** Files of patch sets over Gerrit's REST. */
export class GerritFiles implements PatchSetFiles {
  constructor(private readonly gerrit: Pick<GerritClient, 'findCommentPaths' | 'countLines'>) {}

  async paths({ project, change, revision }: PatchSetReference): Promise<ReadonlySet<string>> {
    return new Set(await this.gerrit.findCommentPaths(project, change, revision));
  }

  async lines(patchSet: PatchSetReference, paths: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const limit = pLimit(CONCURRENCY);
    const counts = await Promise.all(
      paths.map((path) =>
        limit(async () => {
          const count = await this.count(patchSet, path);
          return count === undefined ? [] : [[path, count] as const];
        }),
      ),
    );
    return new Map(counts.flat());
  }

  /** A file too large to be looked at is one of which nothing is said: its comments pass. */
  private async count({ project, change, revision }: PatchSetReference, path: string): Promise<number | undefined> {
    try {
      return await this.gerrit.countLines(project, change, revision, path);
    } catch (error) {
      if (error instanceof TerminalError) {
        return undefined;
      }
      throw error;
    }
  }
}
