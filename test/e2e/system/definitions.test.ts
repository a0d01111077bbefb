import type { ArgoWorkflow } from '../../../core/argo-workflow';
import { demoDefinition, exampleDefinition, goodChange } from '../../../local/demo/demo-definition';
import type { PushedPatchSet } from '../../../local/gerrit/gerrit-admin';
import { type LedgerView, openLedger } from '../support/ledger';
import {
  localImage,
  makeProject,
  removeProject,
  reportsOn,
  runningSystem,
  type System,
  waitForReports,
  workflowsOf,
} from '../support/system';

jest.setTimeout(300_000);

const FILE = 'seakeeper/check.yaml';
let system: System;
let ledger: LedgerView;
let project: string;
let good: string;

beforeAll(async () => {
  system = await runningSystem();
  good = demoDefinition(await localImage(system.kube, 'busybox'), exampleDefinition('own-steps'));
  ledger = await openLedger();
  ({ project } = await makeProject(system, 'definitions', good));
}, 3_600_000);

afterAll(async () => {
  await ledger?.close();
  await removeProject(system, project);
  await system.gerrit.close();
});

/** A change pushed while the definition says this. */
async function changeUnder(definition: string): Promise<PushedPatchSet> {
  await system.gerrit.pushDefinition(project, { [FILE]: definition });
  return system.gerrit.pushChange({ project, subject: 'Anything', files: goodChange(`at ${Date.now()}`) });
}

const afterLine = (marker: string, line: string): string => good.replace(marker, `${marker}\n${line}`);
const lineOf = (definition: string, text: string): number =>
  definition.split('\n').findIndex((line) => line.includes(text)) + 1;

/** Runs of the change that were ever made, asked for after its event has surely been decided on. */
const runsOf = (change: PushedPatchSet): Promise<ArgoWorkflow[]> => workflowsOf(system, change);

describe('a definition that is refused runs nothing and gets one comment with file, line and reason', () => {
  test.each<[string, () => string, () => number, string]>([
    ['broken YAML', () => `${good}  - : [\n`, () => good.split('\n').length, 'not valid YAML'],
    [
      'not a Workflow',
      () => good.replace('kind: Workflow', 'kind: Pod'),
      () => lineOf(good, 'kind: Workflow'),
      "kind is 'Pod'",
    ],
    ['too large', () => `${good}# ${'x'.repeat(256 * 1024)}\n`, () => 1, 'allowed are 262144'],
    ...['serviceAccountName: default', 'hostNetwork: true', "podSpecPatch: '{}'", 'suspend: true'].map(
      (line): [string, () => string, () => number, string] => [
        line,
        () => afterLine('  entrypoint: check', `  ${line}`),
        () => lineOf(good, 'entrypoint: check') + 1,
        `spec.${line.split(':')[0]} is`,
      ],
    ),
  ])('%s', async (_what, definition, line, reason) => {
    const change = await changeUnder(definition());

    const [comment] = await waitForReports(system, change);

    expect(comment?.message).toContain(`${FILE}:${line()}:`);
    expect(comment?.message).toContain(reason);
    expect(await runsOf(change)).toEqual([]);
    expect((await system.gerrit.votes(change)).filter(({ label }) => label === 'Verified')).toEqual([]);
    expect(await reportsOn(system, change)).toHaveLength(1);
  });
});

test('every forbidden field is named at its own line, all in the one comment', async () => {
  const forbidden = [
    ...['templateDefaults: {}', 'hostAliases: []', 'tolerations: []', 'workflowMetadata: {}', 'metrics: {}'],
    ...['imagePullSecrets: []', 'artifactRepositoryRef: {}', 'podPriorityClassName: system-node-critical'],
  ];
  const inStep = [
    "env: [{ name: ARGO_DEBUG_PAUSE_AFTER, value: 'true' }]",
    'envFrom: [{ secretRef: { name: artifact-store } }]',
    'securityContext: { privileged: true }',
  ];
  const definition = afterLine('  entrypoint: check', forbidden.map((line) => `  ${line}`).join('\n'))
    .replace(
      '      script:\n',
      `      daemon: true\n      script:\n${inStep.map((line) => `        ${line}\n`).join('')}`,
    )
    .replace("echo 'testing change", "echo '{{=sprig.env(\"HOME\")}}'; echo 'testing change");
  const change = await changeUnder(definition);

  const [comment] = await waitForReports(system, change);

  for (const line of [...forbidden, 'daemon: true', ...inStep, 'source: |']) {
    expect(comment?.message).toContain(`${FILE}:${lineOf(definition, line)}:`);
  }
  expect(await runsOf(change)).toEqual([]);
  expect(await reportsOn(system, change)).toHaveLength(1);
});

test('a refused definition is said once on a change, whatever is pushed, and its cure runs', async () => {
  const first = await changeUnder(afterLine('  entrypoint: check', '  hostNetwork: true'));
  await waitForReports(system, first);
  const second = await system.gerrit.pushPatchSet(first, goodChange('second try'));
  expect(await ledger.decisionsOn(second)).toMatchObject([{ kind: 'rejected' }]);

  await system.gerrit.pushDefinition(project, { [FILE]: good });
  await system.gerrit.comment(second, 'recheck');
  const reports = await waitForReports(system, second, 2);

  // The reporter takes decisions in their order: had there been a second refusal, it would stand between.
  expect(reports.map(({ message }) => /Build \w+\./.exec(message)?.[0])).toEqual([
    'Build rejected.',
    'Build succeeded.',
  ]);
  expect(await runsOf(second)).toHaveLength(1);
});

test('a revoked definition does not run, and a restored one does', async () => {
  const before = await changeUnder(good);
  expect(await ledger.decisionsOn(before)).toMatchObject([{ kind: 'spawned' }]);

  await system.gerrit.pushDefinition(project, { [FILE]: null });
  await system.gerrit.comment(before, 'recheck');
  const without = await system.gerrit.pushChange({ project, subject: 'No definition', files: goodChange('unsaid') });
  expect(await ledger.decisionsOn(without)).toEqual([
    { kind: 'filtered', reason: 'no-definition', definitionCommit: expect.stringMatching(/^[0-9a-f]{40}$/) },
  ]);
  const after = await changeUnder(good);
  expect(await ledger.decisionsOn(after)).toMatchObject([{ kind: 'spawned' }]);

  expect(await runsOf(before)).toHaveLength(1);
  expect(await runsOf(without)).toEqual([]);
  expect(await reportsOn(system, without)).toEqual([]);
});
