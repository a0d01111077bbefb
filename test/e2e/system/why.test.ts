import { statusAddress } from '../../../cli/why/status-address';
import { PROJECT_API } from '../../../core/project';
import { projectObjectName } from '../../../core/project-name';
import { demoDefinition, goodChange } from '../../../local/demo/demo-definition';
import type { PushedPatchSet } from '../../../local/gerrit/gerrit-admin';
import { localStackFiles } from '../../../local/pulumi/local-stack';
import { WHY_TAG } from '../../../services/reporter/render-why-comment';
import { WhyAnswer } from '../../../services/shared/why/model-answer';
import { renderWhy } from '../../../services/shared/why/render-why';
import { killProcesses } from '../support/kill-process';
import {
  localImage,
  makeProject,
  npm,
  paths,
  removeProject,
  runningSystem,
  type System,
  waitForReports,
  workflowsOf,
} from '../support/system';
import { until } from '../support/until';

jest.setTimeout(300_000);

const FILE = 'seakeeper/check.yaml';
let system: System;
let project: string;
let good: string;
let site: string;

beforeAll(async () => {
  system = await runningSystem();
  good = demoDefinition(await localImage(system.kube, 'busybox'));
  ({ project } = await makeProject(system, 'why', good));
  site = await statusAddress({ stack: 'local', configFile: localStackFiles(paths.pulumi).config });
}, 3_600_000);

afterAll(async () => {
  if (project !== undefined) await removeProject(system, project);
  await system?.gerrit.close();
});

const push = (subject: string, branch?: string): Promise<PushedPatchSet> =>
  system.gerrit.pushChange({
    project,
    subject,
    files: goodChange(subject),
    ...(branch === undefined ? {} : { branch }),
  });

const page = (path: string, accept = 'text/html') => fetch(site + path, { headers: { accept } });

/** What the page says of a patch set, once it says that. */
const answerWith = (change: PushedPatchSet, expected: RegExp): Promise<{ answer: WhyAnswer; text: string }> =>
  until(`${expected} on the page of change ${change.number}`, async () => {
    const response = await page(`/why/${change.number}/${change.patchSet}.json`);
    if (response.status !== 200) {
      return false;
    }
    const answer = WhyAnswer.parse(await response.json());
    const text = renderWhy(answer, { linkOf: (path) => site + path });
    return expected.test(text) && { answer, text };
  });

const printed = async (args: readonly string[]): Promise<string> =>
  (await npm(['why', '--', ...args, '--stack', 'local'])).stdout;

const answersOn = async (change: PushedPatchSet) =>
  (await system.gerrit.messages(change)).filter(({ tag }) => tag === WHY_TAG);

test('a change that ran: which Workflow, how it ended, by which commit; the page and the command say the same', async () => {
  const change = await push('ran');
  await waitForReports(system, change);
  const [run] = await workflowsOf(system, change);

  const { text } = await answerWith(change, /^check: ran as \S+ \(http\S+\/job\/check\/\S+\) — SUCCESS/m);

  expect(text).toContain(`check: ran as ${run?.metadata.name}`);
  expect(text).toMatch(/by seakeeper\/check\.yaml at refs\/meta\/config [0-9a-f]{12} \[patchset-created, /);
  expect(text).toContain('post-merge: not started: no change-merged was seen for this patch set');
  expect(await printed([`${change.number},${change.patchSet}`])).toBe(text);
  expect(await printed([String(change.number), 'check'])).not.toContain('post-merge');
  const html = await (await page(`/why/${change.number}`)).text();
  expect(html).toContain(`${run?.metadata.name}</a> — SUCCESS`);
  const [link = ''] = /\/job\/check\/[^"]+/.exec(html) ?? [];
  expect(await (await page(link)).text()).toContain(`href="/why/${change.number}/${change.patchSet}"`);
});

test('a change that its branch kept from running: which condition of which trigger said no', async () => {
  const change = await push('config', 'refs/meta/config');

  const { text } = await answerWith(change, /^check: not started/m);

  expect(text).toContain(
    "check: not started: branch is 'refs/meta/config', wanted a branch of code where none is named (pipelines.check.triggers[0].branch)",
  );
  expect(await printed([`${change.number},${change.patchSet}`])).toBe(text);
});

test('a definition that was refused, and one that is not there: file, line and commit', async () => {
  const broken = good.replace('  entrypoint: check', '  entrypoint: check\n  hostNetwork: true');
  const line = broken.split('\n').findIndex((each) => each.includes('hostNetwork')) + 1;
  const refusing = await system.gerrit.pushDefinition(project, { [FILE]: broken });
  const refused = await answerWith(await push('refused'), /^check: rejected/m);

  expect(refused.text).toContain(`check: rejected: ${FILE}:${line}: `);
  expect(refused.text).toContain(`at refs/meta/config ${refusing.slice(0, 12)}`);

  const { project: bare } = await makeProject(system, 'why-bare');
  try {
    const change = await system.gerrit.pushChange({ project: bare, subject: 'bare', files: goodChange('bare') });
    const { text } = await answerWith(change, /^check: no /m);
    expect(text).toMatch(/^check: no seakeeper\/check\.yaml at refs\/meta\/config [0-9a-f]{12}/m);
  } finally {
    await removeProject(system, bare);
    await system.gerrit.pushDefinition(project, { [FILE]: good });
  }
});

test('a change of a project that is not public is answered like one that is not there', async () => {
  const { project: secret } = await makeProject(system, 'why-secret', good);
  try {
    const { group, version, plural } = PROJECT_API;
    await system.kube.patch(`/apis/${group}/${version}/${plural}/${projectObjectName(secret)}`, 'merge', {
      spec: { visibility: 'private' },
    });
    const change = await system.gerrit.pushChange({ project: secret, subject: 'secret', files: goodChange('secret') });
    await waitForReports(system, change);

    const seen = async (number: number, ending = '') => {
      const response = await page(`/why/${number}${ending}`);
      return [response.status, await response.text()];
    };
    await until('the page to be gone', async () => (await seen(change.number))[0] === 404);
    for (const ending of ['', '/1', '.json', '/1.json']) {
      expect(await seen(change.number, ending)).toEqual(await seen(change.number + 100_000, ending));
    }
    await expect(printed([String(change.number)])).rejects.toMatchObject({
      stderr: expect.stringContaining("or it is not public; comment 'why' on a change that is not"),
    });
    // Whoever sees the change gets the answer there.
    await system.gerrit.comment(change, 'why');
    const [answer] = await until('an answer on the change', async () => {
      const answers = await answersOn(change);
      return answers.length > 0 && answers;
    });
    expect(answer?.message).toContain('* check: ran as ');
  } finally {
    await removeProject(system, secret);
  }
});

test('a comment that asks why is answered once, also by a reporter that dies, and starts nothing', async () => {
  const change = await push('asked');
  await waitForReports(system, change);
  const before = (await workflowsOf(system, change)).length;

  await system.gerrit.comment(change, 'why');
  const answers = await until('an answer', async () => {
    const found = await answersOn(change);
    return found.length > 0 && found;
  });
  killProcesses(/node \/app\/reporter\.js$/);
  await system.gerrit.comment(change, 'why not?');
  await system.gerrit.comment(change, 'why');
  await until('the second answer', async () => (await answersOn(change)).length > 1);

  expect(answers[0]?.message).toMatch(/\* check: ran as \S+ — SUCCESS/);
  expect(answers[0]?.message).toContain(`${site}/why/${change.number}/${change.patchSet}`);
  expect(await answersOn(change)).toHaveLength(2);
  expect(await workflowsOf(system, change)).toHaveLength(before);
  expect((await system.gerrit.votes(change)).filter(({ label }) => label === 'Verified')).toHaveLength(1);
});

test.each(['abc', '1,x', '0'])('what is no change is said in one line: %s', async (text) => {
  await expect(printed([text])).rejects.toMatchObject({
    stderr: expect.stringMatching(/^error: '.*' is no change; [^\n]*\n$/),
  });
});
