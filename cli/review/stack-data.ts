import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import type { GitRepository, TreeEntry } from './git-repository';

/** Bytes beyond which a file is refused: 2,199 projects are 60 KB. */
const MOST = { stackFile: 1 << 20, file: 8 << 20, all: 32 << 20 } as const;

/** Aliases that a stack file may use; more is a file that grows when it is read. */
const MOST_ALIASES = 100;

/** The files that say what a stack is: its configuration, and what that names. */
export interface StackData {
  /** Paths in the revision, sorted. */
  readonly paths: readonly string[];
  /** Writes them under a folder. */
  readonly writeTo: (folder: string) => void;
}

/**
 * Takes a stack's configuration out of a revision as data. A file it names is one whose whole path stands in it as a string
 * and is in the revision, so there is no path to follow, and none that leads out.
 *
 * @throws one line when the revision has no such stack, or a file is a link, a submodule or too large
 */
export async function readStackData(
  repository: GitRepository,
  revision: { readonly name: string; readonly tree: ReadonlyMap<string, TreeEntry> },
  stack: string,
): Promise<StackData> {
  const stackFile = `Pulumi.${stack}.yaml`;
  const { name, tree } = revision;
  const stacks = [...tree.keys()].flatMap((path) => /^Pulumi\.([^/]+)\.yaml$/.exec(path)?.[1] ?? []);
  const entry = tree.get(stackFile);
  if (entry === undefined) {
    throw new Error(`${name} has no stack '${stack}' (no ${stackFile}); it has: ${stacks.join(', ') || 'none'}`);
  }
  check(stackFile, entry, name, MOST.stackFile);
  const text = await repository.blob(entry.id);
  const named = stringsOf(parseStack(text.toString('utf8'), `${stackFile} of ${name}`)).filter((path) =>
    tree.has(path),
  );
  const files = new Map([[stackFile, text]]);
  let size = text.length;
  for (const path of [...new Set(named)].sort()) {
    const file = tree.get(path);
    if (file === undefined) continue;
    check(path, file, name, MOST.file);
    size += file.size;
    if (size > MOST.all)
      throw new Error(`files of stack '${stack}' in ${name} are more than ${mib(MOST.all)} MiB together`);
    files.set(path, await repository.blob(file.id));
  }
  return {
    paths: [...files.keys()].sort(),
    writeTo: (folder) => {
      for (const [path, content] of files) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), content);
      }
    },
  };
}

const mib = (bytes: number): number => bytes / (1 << 20);

function check(path: string, { mode, size }: TreeEntry, revision: string, most: number): void {
  // Git refuses such names when it makes a tree; who writes the objects by hand need not.
  const odd =
    path.startsWith('/') || path.includes('\\') || path.split('/').some((part) => /^(\.{0,2}|\.git)$/i.test(part));
  if (odd) throw new Error(`'${path}' of ${revision} is no path inside the project`);
  if (mode !== '100644' && mode !== '100755') {
    throw new Error(
      `${path} of ${revision} is a ${mode === '120000' ? 'link' : 'submodule'}; it must be a file of its own`,
    );
  }
  if (size > most) throw new Error(`${path} of ${revision} has ${size} bytes; at most ${mib(most)} MiB are read`);
}

function parseStack(text: string, where: string): unknown {
  try {
    return parse(text, { maxAliasCount: MOST_ALIASES, logLevel: 'error' });
  } catch (error) {
    const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
    throw new Error(`${where} cannot be read: ${line}`);
  }
}

function stringsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsOf) : [];
}
