import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const PROJECT = join(__dirname, '../../..');

/** What rendering needs of this project. */
const PROGRAM = [
  'cli/review',
  'stacks',
  'constructs',
  'core',
  'infra',
  'review',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
];

export const PULUMI_YAML = 'name: seakeeper\nruntime: nodejs\nmain: stacks/main.ts\n';

/** A git repository made for one test, with this project's program in its first commit where it is asked for. */
export class TestRepository {
  readonly folder = mkdtempSync(join(tmpdir(), 'review-repository-'));

  constructor() {
    this.git('init', '--quiet', '--initial-branch=main');
  }

  /** Copies this project's own rendering program, and links its libraries. */
  addProgram(): void {
    for (const path of PROGRAM) cpSync(join(PROJECT, path), join(this.folder, path), { recursive: true });
    symlinkSync(join(PROJECT, 'node_modules'), join(this.folder, 'node_modules'));
    this.write('.gitignore', 'node_modules\ndist/\n');
    this.write('Pulumi.yaml', PULUMI_YAML);
  }

  write(path: string, content: string): void {
    mkdirSync(dirname(join(this.folder, path)), { recursive: true });
    writeFileSync(join(this.folder, path), content);
  }

  link(path: string, target: string): void {
    symlinkSync(target, join(this.folder, path));
  }

  remove(path: string): void {
    rmSync(join(this.folder, path), { recursive: true });
  }

  /** Commits everything; returns the commit. */
  commit(message: string): string {
    this.git('add', '--all');
    this.git(
      '-c',
      'user.name=Test',
      '-c',
      'user.email=test@example.org',
      'commit',
      '--quiet',
      '--allow-empty',
      '-m',
      message,
    );
    return this.git('rev-parse', 'HEAD').trim();
  }

  checkout(revision: string): void {
    this.git('checkout', '--quiet', '--detach', revision);
  }

  git(...args: string[]): string {
    return execFileSync('git', args, { cwd: this.folder, encoding: 'utf8' });
  }

  delete(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
