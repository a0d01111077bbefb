import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A file of a revision, as git has it. */
export interface TreeEntry {
  /** `100644`, `100755`; `120000` is a symbolic link, `160000` a submodule. */
  readonly mode: string;
  readonly id: string;
  /** Bytes. */
  readonly size: number;
}

const HUGE = 256 * 1024 * 1024;

/** Neither hooks nor helpers that a repository's configuration names are run, and nobody is asked for a password. */
const QUIET = ['-c', 'core.hooksPath=/dev/null', '-c', 'core.fsmonitor=false', '-c', 'protocol.allow=never'] as const;

/** Revisions of a git repository, read as objects: no file of them is checked out where a program looks for its own. */
export class GitRepository {
  constructor(readonly folder: string) {}

  /** The commit a revision names. Throws in one line when there is none. */
  async commitOf(revision: string): Promise<string> {
    try {
      const spec = `${revision}^{commit}`;
      return (await this.git(['rev-parse', '--verify', '--quiet', '--end-of-options', spec])).trim();
    } catch {
      throw new Error(`'${revision}' is no revision of ${this.folder}; fetch it, or name a commit, branch or tag`);
    }
  }

  /** Throws when files of the working tree differ from its commit: they are part of no revision. */
  async requireClean(): Promise<void> {
    const changed = (await this.git(['status', '--porcelain', '--untracked-files=no'])).split('\n').filter(Boolean);
    if (changed.length === 0) return;
    const [first = ''] = changed;
    throw new Error(
      `${changed.length} changed files are not committed (${first.slice(3)}${changed.length > 1 ? ', …' : ''}), and a review compares revisions; commit them, or name one with --head`,
    );
  }

  /** Every file of a commit by its path. */
  async tree(commit: string): Promise<ReadonlyMap<string, TreeEntry>> {
    const text = await this.git(['ls-tree', '-r', '-z', '--long', '--full-tree', commit]);
    return new Map(
      text
        .split('\0')
        .filter(Boolean)
        .map((line) => {
          const [about = '', path = ''] = [line.slice(0, line.indexOf('\t')), line.slice(line.indexOf('\t') + 1)];
          const [mode = '', , id = '', size = ''] = about.split(/ +/);
          return [path, { mode, id, size: size === '-' ? 0 : Number(size) }];
        }),
    );
  }

  /** The bytes of a file. */
  async blob(id: string): Promise<Buffer> {
    const { stdout } = await run('git', [...QUIET, 'cat-file', 'blob', id], {
      cwd: this.folder,
      encoding: 'buffer',
      maxBuffer: HUGE,
    });
    return stdout;
  }

  /** Writes every file of a commit into a folder that is there, by way of an archive beside it. Nothing is left in the repository. */
  async exportTo(commit: string, folder: string): Promise<void> {
    const archive = `${folder}.tar`;
    await this.git(['archive', '--format=tar', `--output=${archive}`, commit]);
    await run('tar', ['--extract', `--file=${archive}`, `--directory=${folder}`]);
  }

  private async git(args: readonly string[]): Promise<string> {
    const { stdout } = await run('git', [...QUIET, ...args], { cwd: this.folder, maxBuffer: HUGE });
    return stdout;
  }
}

/** Paths that are not the same file in both trees, sorted. */
export const changedPaths = (one: ReadonlyMap<string, TreeEntry>, other: ReadonlyMap<string, TreeEntry>): string[] =>
  [...new Set([...one.keys(), ...other.keys()])]
    .filter((path) => one.get(path)?.id !== other.get(path)?.id || one.get(path)?.mode !== other.get(path)?.mode)
    .sort();
