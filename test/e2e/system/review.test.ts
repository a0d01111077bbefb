import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runClusterReview } from '../../../cli/review/run-cluster-review';
import { REVIEW_FILES, runReview } from '../../../cli/review/run-review';
import { localStackFiles, PROJECT_FOLDER } from '../../../local/pulumi/local-stack';
import { COMMENT_BYTES } from '../../../review/comment';
import { pulumi } from '../support/stack-copy';
import { npm, paths, runningSystem, type System } from '../support/system';

jest.setTimeout(300_000);

/** A clone of the project in which a test commits what a pull request would. */
const folder = mkdtempSync(join(tmpdir(), 'seakeeper-review-e2e-'));
const out = join(folder, 'dist');
let system: System;

const git = (...args: string[]): string => execFileSync('git', args, { cwd: folder, encoding: 'utf8' }).trim();

function commit(stackFile: string, content: string, message: string): string {
  writeFileSync(join(folder, stackFile), content);
  git('-c', 'user.name=Test', '-c', 'user.email=test@example.org', 'commit', '--quiet', '--all', '-m', message);
  return git('rev-parse', 'HEAD');
}

beforeAll(async () => {
  system = await runningSystem();
  rmSync(folder, { recursive: true });
  execFileSync('git', ['clone', '--quiet', PROJECT_FOLDER, folder]);
  symlinkSync(join(PROJECT_FOLDER, 'node_modules'), join(folder, 'node_modules'));
});
afterAll(async () => {
  await system.gerrit.close();
  rmSync(folder, { recursive: true, force: true });
  // The local stack's configuration is put together anew by the next run; this one is for whoever reads it before.
  await pulumi(['stack', 'output']);
});

const cut = (text: string) => {
  const changed = text.replace(/default: \{ ?executors: \d+/, 'default: {executors: 1');
  if (changed === text) throw new Error('the stack has no class default as this test expects it');
  return changed;
};

describe('a pull request to stack ci', () => {
  test('shows what cutting a quota does to every project, the same bytes each time', async () => {
    const stack = readFileSync(join(folder, 'Pulumi.ci.yaml'), 'utf8');
    const base = git('rev-parse', 'HEAD');
    commit('Pulumi.ci.yaml', cut(stack), 'Cut the default class');
    const options = { stack: 'ci', folder, base, out, allowNetwork: false };

    const first = await runReview(options);
    const files = Object.values(REVIEW_FILES).map((name) => readFileSync(join(out, name)));
    const second = await runReview(options);

    expect(first).toContain("as the **base's program** renders them");
    expect(first).toMatch(/class `default`: .*requests\.cpu \S+ → \S+.* in [\d,]+ namespaces?; use unknown/);
    expect(Buffer.byteLength(first)).toBeLessThanOrEqual(COMMENT_BYTES);
    expect(second).toBe(first);
    expect(Object.values(REVIEW_FILES).map((name) => readFileSync(join(out, name)))).toEqual(files);
  });

  test('is a usage error in one line where the stack or revision is unknown', async () => {
    await expect(npm(['review', '--', '--base', 'nowhere'])).rejects.toMatchObject({
      stderr: expect.stringMatching(/^error: 'nowhere' is no revision of .+\n$/),
    });
    await expect(npm(['review', '--', '--base', 'HEAD', '--head', 'HEAD', '--stack', 'nope'])).rejects.toMatchObject({
      stderr: expect.stringMatching(/^error: HEAD has no stack 'nope' \(no Pulumi.nope.yaml\); it has: .+\n$/),
    });
  });
});

describe('an approved pull request to the stack of this cluster', () => {
  test('shows what the engine would do to it, and which quotas are below their use', async () => {
    // Complete, so that it can be rendered too: what depends on the machine is otherwise added by every run.
    await pulumi(['stack', 'output']);
    const complete = readFileSync(localStackFiles(paths.pulumi).config, 'utf8');
    const base = commit('Pulumi.local.yaml', complete, 'Complete');
    const head = commit(
      'Pulumi.local.yaml',
      complete.replace(/executors: 4$/m, 'executors: 1'),
      'Cut the default class',
    );

    const review = await runClusterReview({
      stack: 'local',
      folder,
      base,
      approved: head,
      out,
      allowNetwork: false,
    });

    expect(review).toContain('Shown: `pulumi preview` of the approved revision against the cluster');
    expect(review).toMatch(/class `default`: .*pods 20 → 5.* in \d+ namespaces?; \d+ namespaces? below use/);
    const full = readFileSync(join(out, REVIEW_FILES.full), 'utf8');
    expect(full).toContain('ConfigMap provisioner-config');
    expect(full).not.toMatch(/PRIVATE KEY|AAAA[A-Za-z0-9+/]{60}/);
  });

  test('needs the approval of that commit', async () => {
    const options = { stack: 'local', folder, base: 'HEAD~1', out, allowNetwork: false };

    await expect(runClusterReview(options)).rejects.toThrow(/name the approved commit with --approved$/);
    await expect(runClusterReview({ ...options, approved: 'HEAD~1' })).rejects.toThrow(/for its own commit only$/);
  });
});
