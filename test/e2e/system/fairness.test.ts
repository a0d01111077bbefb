import { z } from 'zod';
import { type ArgoWorkflow, isFinished } from '../../../core/argo-workflow';
import type { Image } from '../../../core/images';
import { Annotation, Label } from '../../../core/labels';
import { PROJECT_API } from '../../../core/project';
import { projectObjectName } from '../../../core/project-name';
import type { PushedPatchSet } from '../../../local/gerrit/gerrit-admin';
import { waitTag } from '../../../services/reporter/render-waiting';
import { quantityOf } from '../../../services/shared/definition/sanitize-rules';
import { RESOURCES } from '../../../services/trigger/admission/model-amount';
import { parseAdmitted } from '../../../services/trigger/admission/render-admitted';
import { oneStep } from '../support/definitions';
import { killProcesses } from '../support/kill-process';
import { type LedgerView, openLedger } from '../support/ledger';
import {
  localImage,
  makeProject,
  removeProject,
  runningSystem,
  type System,
  waitForReports,
  workflowsOf,
} from '../support/system';
import { until } from '../support/until';

jest.setTimeout(240_000);

/** Half a core in all, so that one of these runs at a time and a second one waits. */
const CLASS = 'small';
const ASKED = '300m';
/** Runs until it is stopped, and then ends at once. */
const LONG = "trap 'exit 0' TERM; sleep 600 & wait";
const Quantities = z.record(z.string(), z.string());
const Quota = z.object({ status: z.object({ hard: Quantities, used: Quantities }) });

let system: System;
let ledger: LedgerView;
let busybox: Image;
let project: string;
let namespace: string;
/** A change that only has to be submitted: what runs then is gate work. */
let landing: PushedPatchSet;

beforeAll(async () => {
  system = await runningSystem();
  ledger = await openLedger();
  busybox = await localImage(system.kube, 'busybox');
  ({ project, namespace } = await makeProject(system, 'fairness'));
  const { group, version, plural } = PROJECT_API;
  await system.kube.patch(`/apis/${group}/${version}/${plural}/${projectObjectName(project)}`, 'merge', {
    spec: { class: CLASS },
  });
  await system.gerrit.pushDefinition(project, {
    'seakeeper/check.yaml': oneStep(busybox, 'true', ASKED),
    'seakeeper/post-merge.yaml': oneStep(busybox, 'echo landed', ASKED),
  });
  await until('the small quota', async () => (await quota())?.hard['requests.cpu'] === '500m');
  landing = await push('landing');
  await waitForReports(system, landing);
  await system.gerrit.pushDefinition(project, { 'seakeeper/check.yaml': oneStep(busybox, LONG, ASKED) });
}, 3_600_000);

afterAll(async () => {
  await ledger?.close();
  if (project !== undefined) await removeProject(system, project);
});

const quota = async () =>
  Quota.safeParse(await system.kube.get(`/api/v1/namespaces/${namespace}/resourcequotas/compute`).catch(() => ({})))
    .data?.status;

const push = (subject: string) =>
  system.gerrit.pushChange({ project, subject, files: { [`${subject}.txt`]: `${subject}\n` } });

/** A change's run in a pipeline, once it is there. */
const runOf = (change: PushedPatchSet, pipeline = 'check'): Promise<ArgoWorkflow> =>
  until(`the ${pipeline} run of change ${change.number},${change.patchSet}`, async () =>
    (await workflowsOf(system, change)).find(({ metadata }) => metadata.labels[Label.pipeline] === pipeline),
  );

/** Ends a run, so that its room is somebody else's. */
const stop = ({ metadata }: ArgoWorkflow) =>
  system.kube.patch(`/apis/argoproj.io/v1alpha1/namespaces/${namespace}/workflows/${metadata.name}`, 'merge', {
    spec: { shutdown: 'Terminate' },
  });

const waitComments = async (change: PushedPatchSet, pipeline = 'check') =>
  (await system.gerrit.messages(change)).filter(({ tag }) => tag === waitTag(pipeline));

const waitComment = (change: PushedPatchSet, pipeline?: string) =>
  until(`a comment on the wait of change ${change.number}`, async () => (await waitComments(change, pipeline)).at(0));

const runs = async (): Promise<string[]> =>
  (await workflowsOf(system, { project }))
    .sort((one, other) => (one.metadata.creationTimestamp ?? '').localeCompare(other.metadata.creationTimestamp ?? ''))
    .map(
      ({ metadata }) =>
        `${metadata.labels[Label.pipeline]} ${metadata.labels[Label.change]},${metadata.labels[Label.patchSet]}`,
    );

const submit = async (change: PushedPatchSet): Promise<void> => {
  await system.gerrit.comment(change, 'good', { 'Code-Review': 2 });
  await system.gerrit.submit(change);
};

test('a full quota makes runs wait in our line, which is told, survives a restart, and lets gate work and newer patch sets by', async () => {
  const first = await push('first');
  const holder = await runOf(first);
  // What was promised before there was a pod is what Kubernetes counts of it.
  const promised = parseAdmitted(holder.metadata.annotations[Annotation.admitted])?.need;
  const used = await until('the pod of the first run', async () => {
    const counted = (await quota())?.used;
    return counted?.['pods'] === '1' && counted;
  });
  expect(promised).toEqual(
    Object.fromEntries(RESOURCES.map((resource) => [resource, quantityOf(used[resource] ?? '')])),
  );

  const second = await push('second');
  const third = await push('third');

  // Told: which limit, used, hard, wanted, place in line, who.
  const told = await waitComment(second);
  expect(told.message).toContain(
    "What holds it back: the quota of the project's namespace, of requests.cpu 310m of 500m taken or promised, and this run wants 310m.",
  );
  expect(told.message).toContain("Place in line: 1 of 2 in the project's own line; its precedence is check.");
  expect(told.message).toContain(
    `Who can raise it: ServiceOps, as seakeeper:classes.${CLASS}.executors in stack config`,
  );
  expect((await waitComment(third)).message).toContain('Place in line: 2 of 2');
  expect(await runs()).toEqual([`check ${landing.number},1`, `check ${first.number},1`]);

  // A recheck of what waits asks for nothing new; a newer patch set takes the older one's place away.
  await system.gerrit.comment(second, 'recheck');
  const newer = await system.gerrit.pushPatchSet(third, { 'third.txt': 'better\n' });
  await until('the older patch set to leave the line', async () =>
    (await ledger.decisionsOn(third)).some(
      (decision) => decision.kind === 'filtered' && decision.reason === 'not-the-current-patch-set',
    ),
  );

  // The gate run comes last, after a restart that leaves nothing in memory.
  killProcesses(/node \/app\/trigger\.js$/);
  await submit(landing);
  await waitComment(landing, 'post-merge');
  expect(await runs()).toEqual([`check ${landing.number},1`, `check ${first.number},1`]);

  await stop(holder);
  const gate = await runOf(landing, 'post-merge');
  await until('the gate run to end', async () => isFinished((await runOf(landing, 'post-merge')).status.phase));
  await stop(await runOf(second));
  await stop(await runOf(newer));

  expect(gate.metadata.labels[Label.pipeline]).toBe('post-merge');
  expect(await runs()).toEqual([
    `check ${landing.number},1`,
    `check ${first.number},1`,
    `post-merge ${landing.number},1`,
    `check ${second.number},1`,
    `check ${newer.number},2`,
  ]);
  expect(await waitComments(second)).toHaveLength(1);
});

test('a run that could never begin is rejected at once, with what it wants, what there is, and who can raise it', async () => {
  await system.gerrit.pushDefinition(project, { 'seakeeper/check.yaml': oneStep(busybox, 'true', '600m') });

  const [report] = await waitForReports(system, await push('large'));

  expect(report?.message).toContain('Build rejected.');
  expect(report?.message).toContain(
    "container 'main' requests cpu 600m, and a container may have at most 500m in namespace",
  );
  expect(report?.message).toContain(`raised by ServiceOps, as seakeeper:classes.${CLASS}.containerExecutors`);
});
