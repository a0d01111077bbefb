import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Rendering } from '../../review/build-review';
import { programFiles } from '../../review/program-files';
import { bundleProgram, type Revision } from './bundle-program';
import { changedPaths, GitRepository } from './git-repository';
import { findNetworkWall } from './isolation';
import { runProgram } from './run-program';
import { readStackData } from './stack-data';
import { makeFolder, withTemporaryFolder } from './temporary-folder';

const PROJECT_FILE = 'Pulumi.yaml';

/** What is compared, and with whose program. */
export interface RevisionOptions {
  readonly stack: string;
  /** Folder of the repository, and of the libraries installed. */
  readonly folder: string;
  readonly base: string;
  /** Absent: the commit that is checked out, and nothing uncommitted. */
  readonly head?: string;
  /** Commit whose program a ServiceOps member approved. It must be the head. */
  readonly approved?: string;
  readonly allowNetwork: boolean;
}

/** Both revisions as rendered. */
export interface RenderedRevisions {
  readonly base: Revision;
  readonly head: Revision;
  readonly program: 'base' | 'head';
  /** Files of the program that differ and were not executed, sorted. */
  readonly notExecuted: readonly string[];
  readonly before: Rendering;
  readonly after: Rendering;
}

/**
 * Renders a stack at two revisions. The base's program renders both, unless the head's was approved: then each renders its
 * own. Rejects with one line.
 */
export async function renderRevisions(options: RevisionOptions): Promise<RenderedRevisions> {
  const { stack, folder } = options;
  const repository = new GitRepository(folder);
  const [base, head] = await Promise.all(
    [options.base, options.head ?? 'HEAD'].map(async (name) => ({ name, commit: await repository.commitOf(name) })),
  );
  if (base === undefined || head === undefined) throw new Error('two revisions are compared');
  if (options.head === undefined) await repository.requireClean();
  const approved = await isApproved(repository, options.approved, head);
  const [baseTree, headTree] = await Promise.all([repository.tree(base.commit), repository.tree(head.commit)]);
  const [baseData, headData] = await Promise.all([
    readStackData(repository, { name: base.name, tree: baseTree }, stack),
    readStackData(repository, { name: head.name, tree: headTree }, stack),
  ]);
  const changed = programFiles(changedPaths(baseTree, headTree), new Set([...baseData.paths, ...headData.paths]));
  const wall = await findNetworkWall(options.allowNetwork);
  return withTemporaryFolder(async (temporary) => {
    const folders = { installed: folder, temporary };
    const baseProgram = await bundleProgram(repository, base, folders);
    const headProgram = approved && changed.length > 0 ? await bundleProgram(repository, head, folders) : baseProgram;
    const projectFileOf = (tree: typeof baseTree) => repository.blob(tree.get(PROJECT_FILE)?.id ?? '');
    const projectFile = await projectFileOf(baseTree);
    const headProjectFile = approved ? await projectFileOf(headTree) : projectFile;
    const render = async (side: 'base' | 'head'): Promise<Rendering> => {
      const isBase = side === 'base';
      const data = makeFolder(temporary, `data-${side}`);
      (isBase ? baseData : headData).writeTo(data);
      // Its defaults are the program's, not the configuration's.
      writeFileSync(join(data, PROJECT_FILE), isBase ? projectFile : headProjectFile);
      return runProgram({
        node: nodeOf(folder),
        program: isBase ? baseProgram : headProgram,
        stack,
        data,
        home: makeFolder(temporary, `home-${side}`),
        wall,
        what: `stack '${stack}' of ${isBase ? base.name : head.name}`,
      });
    };
    const [before, after] = await Promise.all([render('base'), render('head')]);
    return {
      base,
      head,
      program: approved ? 'head' : 'base',
      notExecuted: approved ? [] : changed,
      before,
      after,
    };
  });
}

/** Whether the head's own program may run. An approval is of one commit: a later patch set has none. */
async function isApproved(repository: GitRepository, approved: string | undefined, head: Revision): Promise<boolean> {
  if (approved === undefined) return false;
  const commit = await repository.commitOf(approved);
  if (commit === head.commit) return true;
  throw new Error(
    `--approved is ${approved}, but ${head.name} is ${head.commit}; an approval holds for its own commit only`,
  );
}

/** The Node that the project pins; where it is not installed, the one that runs. */
function nodeOf(folder: string): string {
  const pinned = join(folder, 'node_modules/.bin/node');
  return existsSync(pinned) ? pinned : process.execPath;
}
