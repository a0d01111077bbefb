import { imageReference } from '../../../core/images';
import { demoDefinition, goodChange } from '../../../local/demo/demo-definition';
import type { PushedPatchSet } from '../../../local/gerrit/gerrit-admin';
import {
  finishedRuns,
  localImage,
  makeProject,
  removeProject,
  reportsOn,
  runningSystem,
  type System,
  waitForReports,
  workflowsOf,
} from '../support/system';
import { until } from '../support/until';

jest.setTimeout(600_000);

let system: System;
let project: string;

beforeAll(async () => {
  system = await runningSystem();
  const busybox = await localImage(system.kube, 'busybox');
  ({ project } = await makeProject(system, 'votes', demoDefinition(busybox)));
}, 3_600_000);

afterAll(() => removeProject(system, project));

const linkIn = (message: string): string => /(http\S+\/job\/\S+)/.exec(message)?.[1] ?? 'no link';
const verified = async (change: PushedPatchSet) =>
  (await system.gerrit.votes(change)).filter(({ label }) => label === 'Verified').map(({ value }) => value);

describe('a pushed patch set', () => {
  test('that is good gets Verified +1 with a link whose page shows the line its step printed', async () => {
    const line = `all is well at ${Date.now()}`;
    const change = await system.gerrit.pushChange({ project, subject: 'Good', files: goodChange(line) });

    const [report] = await waitForReports(system, change);

    expect(await verified(change)).toEqual([1]);
    expect(report?.message).toContain('Build succeeded.');
    const page = await until('the page shows the line', async () => {
      const response = await fetch(linkIn(report?.message ?? ''));
      const text = await response.text();
      return response.status === 200 && text.includes(line) && text;
    });
    expect(page).toContain('lint');
    expect(await reportsOn(system, change)).toHaveLength(1);
  });

  test('that differs from a good one only in a file gets -1 with the failed step and its last line', async () => {
    const files = { ...goodChange('fine'), 'test.sh': "echo 'before the end'\necho 'the roof is on fire'\nexit 3\n" };
    const change = await system.gerrit.pushChange({ project, subject: 'Bad', files });

    const [report] = await waitForReports(system, change);

    expect(await verified(change)).toEqual([-1]);
    expect(report?.message).toContain('Build failed.');
    expect(report?.message).toMatch(/Step test failed/);
    expect(report?.message).toContain('the roof is on fire');
  });

  test('that is newer cancels the older run, and only the newest is voted on', async () => {
    const slow = { ...goodChange('never said'), 'test.sh': 'sleep 120\n' };
    const older = await system.gerrit.pushChange({ project, subject: 'Slow', files: slow });
    await until('the older run runs', async () => (await workflowsOf(system, older)).length === 1);

    const newer = await system.gerrit.pushPatchSet(older, { 'test.sh': 'echo quick\n' });
    const [report] = await waitForReports(system, newer);
    const [olderRun] = await finishedRuns(system, older);

    expect(olderRun?.spec.shutdown).toBe('Terminate');
    expect(await verified(newer)).toEqual([1]);
    expect(report?.patchSet).toBe(newer.patchSet);
    expect(await reportsOn(system, newer)).toHaveLength(1);
  });

  test('runs again when somebody comments recheck', async () => {
    const change = await system.gerrit.pushChange({ project, subject: 'Again', files: goodChange('once more') });
    await waitForReports(system, change, 1);

    await system.gerrit.comment(change, 'recheck');
    const reports = await waitForReports(system, change, 2);

    expect(reports).toHaveLength(2);
    expect(new Set(reports.map(({ message }) => linkIn(message))).size).toBe(2);
    expect(await workflowsOf(system, change)).toHaveLength(2);
  });
});

test('the image a definition names is the one that was built here', async () => {
  expect(imageReference(await localImage(system.kube, 'busybox'))).toMatch(/busybox:/);
});
