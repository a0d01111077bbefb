import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseDocument } from 'yaml';

const PROJECT = join(__dirname, '../..');

/** A clone of the project with one more commit, which halves the build slots of the class that most projects have. */
export interface QuotaChange {
  readonly folder: string;
  readonly base: string;
  readonly head: string;
  /** Checks a revision out. */
  readonly checkout: (revision: string) => void;
  readonly remove: () => void;
}

/** Clones what is committed here, and changes one quota of stack `ci`. Throws when there is no such class. */
export function makeQuotaChange(): QuotaChange {
  const folder = mkdtempSync(join(tmpdir(), 'seakeeper-quota-change-'));
  execFileSync('git', ['clone', '--quiet', PROJECT, folder]);
  symlinkSync(join(PROJECT, 'node_modules'), join(folder, 'node_modules'));
  const git = (...args: string[]) => execFileSync('git', args, { cwd: folder, encoding: 'utf8' }).trim();
  const base = git('rev-parse', 'HEAD');
  const file = join(folder, 'Pulumi.ci.yaml');
  const stack = parseDocument(readFileSync(file, 'utf8'));
  const path = ['config', 'seakeeper:classes', 'default', 'executors'];
  const executors = stack.getIn(path);
  if (typeof executors !== 'number')
    throw new Error(`stack ci has no class default with executors, got ${String(executors)}`);
  stack.setIn(path, executors / 2);
  writeFileSync(file, stack.toString({ lineWidth: 0 }));
  git(
    '-c',
    'user.name=Bench',
    '-c',
    'user.email=bench@example.org',
    'commit',
    '--quiet',
    '--all',
    '-m',
    'Halve a quota',
  );
  return {
    folder,
    base,
    head: git('rev-parse', 'HEAD'),
    checkout: (revision) => void git('checkout', '--quiet', revision),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
