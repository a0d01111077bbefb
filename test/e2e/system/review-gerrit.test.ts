import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { httpPasswordFile } from '../../../local/gerrit/credentials';
import type { PushedPatchSet } from '../../../local/gerrit/gerrit-admin';
import { CLUSTER_ADDRESS, httpUrl } from '../../../local/gerrit/gerrit-options';
import { gerritSitePaths } from '../../../local/gerrit/gerrit-site';
import { CI_ACCOUNT } from '../../../local/gerrit/seed';
import { COMMENT_BYTES, MARKER_BYTES, REVIEW_TAG } from '../../../review/comment';
import { npm, paths, runningSystem, type System } from '../support/system';

jest.setTimeout(120_000);

const PROJECT = `review-${Date.now().toString(36)}`;
const GROUP = `${PROJECT}-approvers`;

let system: System;
let change: PushedPatchSet;
const folder = mkdtempSync(join(tmpdir(), 'review-post-'));

beforeAll(async () => {
  system = await runningSystem();
  await system.gerrit.createProject(PROJECT);
  await system.gerrit.rest('PUT', `/groups/${GROUP}`, { visible_to_all: true, members: ['admin'] });
  change = await system.gerrit.pushChange({ project: PROJECT, subject: 'Cut a quota', files: { a: '1\n' } });
});
afterAll(async () => {
  await system.gerrit.abandon(change);
  await system.gerrit.close();
  rmSync(folder, { recursive: true, force: true });
});

const on = ({ project, number, revision }: PushedPatchSet): string[] => [
  ...['--gerrit', httpUrl(CLUSTER_ADDRESS), '--account', CI_ACCOUNT],
  ...['--password-file', httpPasswordFile(gerritSitePaths(paths.gerrit), CI_ACCOUNT)],
  ...['--change', `${project}~${number}`, '--commit', revision],
];

describe('a review on a change', () => {
  const post = async (text: string, patchSet = change): Promise<string> => {
    const file = join(folder, 'review.gerrit.md');
    writeFileSync(file, text);
    return (await npm(['review-post', '--', ...on(patchSet), '--file', file])).stdout.trim();
  };
  const posted = async (): Promise<string[]> =>
    (await system.gerrit.messages(change)).filter(({ tag }) => tag === REVIEW_TAG).map(({ message }) => message);

  test('is posted once under its tag, and again only when it says something else', async () => {
    const review = `# Review of stack \`ci\`: +0 ~1 −0 ±0\n\n${'x'.repeat(COMMENT_BYTES - MARKER_BYTES - 50)}\n`;

    expect(await post(review)).toBe('posted');
    expect(await post(review)).toBe('unchanged');
    expect(await posted()).toEqual([expect.stringContaining('# Review of stack `ci`: +0 ~1 −0 ±0')]);

    expect(await post('# Review of stack `ci`: no object changes\n')).toBe('posted');
    expect(await posted()).toHaveLength(2);
  });

  test('is not posted on a patch set that has a successor', async () => {
    const newer = await system.gerrit.pushPatchSet(change, { a: '2\n' });

    expect(await post('# Other\n')).toBe('outdated');
    change = newer;
  });
});

describe('an approval of a program', () => {
  const approval = async (patchSet: PushedPatchSet): Promise<{ stdout: string; stderr: string }> =>
    npm(['review-approval', '--', ...on(patchSet), '--group', GROUP]);

  test('is the vote of a member on that very patch set', async () => {
    expect(await approval(change)).toEqual({
      stdout: '',
      stderr: expect.stringContaining(`not approved: no member of ${GROUP} voted Code-Review+2`),
    });

    await system.gerrit.comment(change, 'good', { 'Code-Review': 2 });
    expect((await approval(change)).stdout.trim()).toBe(change.revision);
  });

  test('does not pass on to the next patch set, though Gerrit copies the vote', async () => {
    const next = await system.gerrit.pushPatchSet(change, {});
    expect(await system.gerrit.votes(change)).toContainEqual({ label: 'Code-Review', account: 'admin', value: 2 });

    expect((await approval(next)).stderr).toContain('not approved: Code-Review+2 was given to an earlier patch set');
    expect((await approval(change)).stderr).toContain('not approved: a newer patch set exists');
  });

  test('of a group that nobody sees is refused with one line', async () => {
    await expect(npm(['review-approval', '--', ...on(change), '--group', 'nobody'])).rejects.toMatchObject({
      stderr: expect.stringContaining("error: group 'nobody' does not exist, or this account may not see it"),
    });
  });
});
