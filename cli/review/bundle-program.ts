import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { GitRepository } from './git-repository';
import { makeFolder } from './temporary-folder';

/** The program a review executes, by its path in each revision. */
const ENTRY = 'cli/review/render-program.ts';
const LOCK_FILE = 'package-lock.json';

/** A revision by its commit and the name people asked for it by. */
export interface Revision {
  readonly name: string;
  readonly commit: string;
}

/**
 * Bundles the rendering program of a revision into one file. Nothing of the revision is executed: its sources are read, and
 * the libraries are those installed here, which must be the ones it asks for.
 *
 * @throws one line with the cure when it has no such program, or other libraries
 */
export async function bundleProgram(
  repository: GitRepository,
  revision: Revision,
  folders: { readonly installed: string; readonly temporary: string },
): Promise<string> {
  const sources = makeFolder(folders.temporary, `sources-${revision.commit}`);
  await repository.exportTo(revision.commit, sources);
  if (!existsSync(join(sources, ENTRY))) {
    throw new Error(`${revision.name} has no ${ENTRY}, so it cannot render a review; choose a later --base`);
  }
  const asked = join(sources, LOCK_FILE);
  const installed = join(folders.installed, LOCK_FILE);
  if (readFileSync(asked, 'utf8') !== readFileSync(installed, 'utf8')) {
    throw new Error(
      `the libraries installed here are not those of ${revision.name} (${LOCK_FILE} differs); check out ${revision.name}, run npm ci, and review from there`,
    );
  }
  symlinkSync(join(folders.installed, 'node_modules'), join(sources, 'node_modules'));
  const { build } = await import('esbuild');
  const outfile = join(makeFolder(folders.temporary, `program-${revision.commit}`), 'render-program.js');
  try {
    await build({
      entryPoints: [join(sources, ENTRY)],
      absWorkingDir: sources,
      outfile,
      bundle: true,
      platform: 'node',
      target: 'node24',
      format: 'cjs',
      legalComments: 'none',
      logLevel: 'silent',
    });
  } catch (error) {
    const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n').slice(1);
    throw new Error(`the program of ${revision.name} does not build: ${line.trim()}`);
  }
  return outfile;
}
