import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ensureAdminPassword, httpPasswordFile } from '../../../local/gerrit/credentials';
import type { PushedPatchSet } from '../../../local/gerrit/gerrit-admin';
import { CLUSTER_ADDRESS, httpUrl } from '../../../local/gerrit/gerrit-options';
import { gerritSitePaths } from '../../../local/gerrit/gerrit-site';
import { CI_ACCOUNT } from '../../../local/gerrit/seed';
import { PROJECT_FOLDER } from '../../../local/pulumi/local-stack';
import { REVIEW_TAG } from '../../../review/comment';
import { paths, runningSystem, type System } from '../support/system';

jest.setTimeout(300_000);

const PROJECT = `review-job-${Date.now().toString(36)}`;
const GROUP = `${PROJECT}-approvers`;
const folder = mkdtempSync(join(tmpdir(), 'seakeeper-review-job-'));
const site = gerritSitePaths(paths.gerrit);
let system: System;
let change: PushedPatchSet;

const git = (...args: string[]): string => execFileSync('git', args, { cwd: folder, encoding: 'utf8' }).trim();

/** One step of the job on the newest patch set, as a CI system runs it. */
async function step(name: string, variables: Readonly<Record<string, string>> = {}): Promise<string> {
  const env = {
    PATH: process.env['PATH'],
    ...{ REMOTE: 'origin', BRANCH: 'master', COMMIT: change.revision, REF: change.ref, APPROVERS: GROUP },
    ...{ GERRIT: httpUrl(CLUSTER_ADDRESS), CHANGE: `${PROJECT}~${change.number}`, ACCOUNT: CI_ACCOUNT },
    PASSWORD_FILE: httpPasswordFile(site, CI_ACCOUNT),
    ...variables,
  };
  const { stdout } = await promisify(execFile)('ci/review-job.sh', [name], { cwd: folder, env });
  return stdout.trim();
}

const reviews = async (): Promise<string[]> =>
  (await system.gerrit.messages(change)).filter(({ tag }) => tag === REVIEW_TAG).map(({ message }) => message);

beforeAll(async () => {
  system = await runningSystem();
  await system.gerrit.createProject(PROJECT);
  await system.gerrit.rest('PUT', `/groups/${GROUP}`, { visible_to_all: true, members: ['admin'] });
  rmSync(folder, { recursive: true });
  execFileSync('git', ['clone', '--quiet', PROJECT_FOLDER, folder]);
  symlinkSync(join(PROJECT_FOLDER, 'node_modules'), join(folder, 'node_modules'));
  const remote = new URL(`${httpUrl(CLUSTER_ADDRESS)}/a/${PROJECT}`);
  [remote.username, remote.password] = ['admin', await ensureAdminPassword(site, CLUSTER_ADDRESS)];
  git('remote', 'set-url', 'origin', remote.href);
  // The project as it stands here is the target branch: one commit, since Gerrit asks who committed.
  const identity = ['-c', 'user.name=Administrator', '-c', 'user.email=admin@example.com'];
  git('fetch', '--quiet', 'origin', 'master');
  const root = git(...identity, 'commit-tree', 'HEAD^{tree}', '-p', 'FETCH_HEAD', '-m', 'The project');
  git('push', '--quiet', 'origin', `${root}:refs/heads/master`);
  git('checkout', '--quiet', '--detach', root);
  git('fetch', '--quiet', 'origin', '+refs/heads/master:refs/remotes/origin/master');
  const stack = readFileSync(join(folder, 'Pulumi.ci.yaml'), 'utf8').replace(
    /default: \{ ?executors: \d+/,
    'default: {executors: 1',
  );
  const program = 'throw new Error("the code of the change ran");\n';
  change = await system.gerrit.pushChange({
    project: PROJECT,
    subject: 'Cut the default class',
    files: { 'Pulumi.ci.yaml': stack, 'stacks/plan.ts': program, 'ci/review-job.sh': 'exit 1\n' },
  });
});
afterAll(async () => {
  await system.gerrit.abandon(change);
  await system.gerrit.close();
  rmSync(folder, { recursive: true, force: true });
});

test('a change is reviewed and posted once, whatever code it brings', async () => {
  expect(await step('approval')).toBe('');
  await step('render', { APPROVED: '', SECRET_OF_THE_JOB: 'x' });

  expect([await step('post'), await step('post')]).toEqual(['posted', 'unchanged']);
  const [review = '', ...others] = await reviews();
  expect(others).toEqual([]);
  expect(review).toMatch(/class `default`: .*requests\.cpu .* in [\d,]+ namespaces; use unknown/);
  expect(review).toContain('2 files of the program changed and were not executed');
  expect(review).toContain('`ci/review-job.sh`, `stacks/plan.ts`');
});

test('a new patch set that says something else is posted anew', async () => {
  const stack = readFileSync(join(folder, 'Pulumi.ci.yaml'), 'utf8').replace(
    /large: \{ ?executors: \d+/,
    'large: {executors: 1',
  );
  change = await system.gerrit.pushPatchSet(change, { 'Pulumi.ci.yaml': stack });
  await step('render');

  expect(await step('post')).toBe('posted');
  expect(await reviews()).toHaveLength(2);
});

test('the code of an approved patch set is what renders it', async () => {
  await system.gerrit.comment(change, 'run it', { 'Code-Review': 2 });
  const approved = await step('approval');

  expect(approved).toBe(change.revision);
  await expect(step('render', { APPROVED: approved })).rejects.toMatchObject({
    stderr: expect.stringContaining('cannot be rendered: '),
  });
});

test('a checkout that is not the target branch judges nothing', async () => {
  writeFileSync(join(folder, 'README.md'), 'changed');

  await expect(step('render')).rejects.toMatchObject({
    stderr: 'review-job: this checkout is not origin/master without changes; check that out and run npm ci\n',
  });
});
