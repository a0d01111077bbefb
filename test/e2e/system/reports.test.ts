import { z } from 'zod';
import { COMMENTS_PARAMETER } from '../../../core/inline-comment';
import type { PushedPatchSet } from '../../../local/gerrit/gerrit-admin';
import { oneStep } from '../support/definitions';
import { killProcesses } from '../support/kill-process';
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

jest.setTimeout(300_000);

const SAID = '{"src/a.js": [{"line": 2, "message": "missing semicolon"}], "src/other.js": [{"message": "not here"}]}';
const FILE = '/tmp/comments.json';
const Comments = z.record(z.string(), z.array(z.object({ line: z.number().optional(), message: z.string() })));

let system: System;
let project: string;

beforeAll(async () => {
  system = await runningSystem();
  const step = oneStep(
    await localImage(system.kube, 'busybox'),
    `sleep 5; printf '%s' '${SAID}' > ${FILE}; echo 'lint found something'; exit 1`,
  );
  const outputs = `      outputs:
        parameters:
          - name: ${COMMENTS_PARAMETER}
            valueFrom: { path: ${FILE}, default: "" }
`;
  ({ project } = await makeProject(system, 'reports', step + outputs));
}, 3_600_000);

afterAll(async () => {
  if (project !== undefined) await removeProject(system, project);
  await system?.gerrit.close();
});

const commentsOn = async ({ number }: PushedPatchSet) =>
  Comments.parse(await system.gerrit.rest('GET', `/changes/${encodeURIComponent(project)}~${number}/comments`));

test('a step that fails says where, and its comments stand once on their lines though the reporter was killed', async () => {
  const files = { 'src/a.js': 'one\ntwo\n' };
  const change = await system.gerrit.pushChange({ project, subject: 'Comments', files });

  await finishedRuns(system, change);
  killProcesses(/node \/app\/reporter\.js$/);
  const [report] = await waitForReports(system, change);

  expect(await commentsOn(change)).toEqual({ 'src/a.js': [{ line: 2, message: 'step: missing semicolon' }] });
  expect(report?.message).toContain('1 on a file that this patch set does not touch');
  expect((await system.gerrit.votes(change)).filter(({ label }) => label === 'Verified')).toMatchObject([
    { value: -1 },
  ]);
  expect(await reportsOn(system, change)).toHaveLength(1);
});

test('a run whose Workflow is deleted is reported once, without a vote, and its link leads to what the ledger knows', async () => {
  const change = await system.gerrit.pushChange({ project, subject: 'Removed', files: { 'src/a.js': 'one\n' } });
  const run = await until('the run', async () => (await workflowsOf(system, change))[0] ?? false);
  const { namespace, name } = run.metadata;

  await system.kube.delete(`/apis/argoproj.io/v1alpha1/namespaces/${namespace}/workflows/${name}`);
  const [report] = await waitForReports(system, change);

  expect(report?.message).toMatch(/^Patch Set 1:\n\nBuild removed\.\n/);
  expect(report?.message).toContain(`Workflow ${name} in ${namespace}, started at `);
  expect((await system.gerrit.votes(change)).filter(({ label }) => label === 'Verified')).toEqual([]);
  const page = await fetch(/http\S+\/job\/\S+/.exec(report?.message ?? '')?.[0] ?? 'no link');
  expect(page.status).toBe(200);
  expect(await page.text()).toContain(`href="/why/${change.number}/${change.patchSet}"`);
  killProcesses(/node \/app\/reporter\.js$/);
  const other = await system.gerrit.pushChange({ project, subject: 'After it', files: { 'src/a.js': 'one\n' } });
  await waitForReports(system, other);
  expect(await reportsOn(system, change)).toHaveLength(1);
});
