import { z } from 'zod';
import { type ArgoWorkflow, isFinished } from '../../../core/argo-workflow';
import { Annotation, Label } from '../../../core/labels';
import { PROJECT_API } from '../../../core/project';
import { projectObjectName } from '../../../core/project-name';
import type { PushedPatchSet } from '../../../local/gerrit/gerrit-admin';
import { oneStep } from '../support/definitions';
import { killProcesses } from '../support/kill-process';
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
import { until } from '../support/until';

jest.setTimeout(300_000);

/** Half a core in all, so that one of these runs at a time and a second one waits. */
const CLASS = 'small';
const ASKED = '300m';
/** Runs until it is stopped, and then ends at once. */
const LONG = "trap 'exit 0' TERM; sleep 600 & wait";
const Quota = z.object({ status: z.object({ hard: z.record(z.string(), z.string()) }).optional() });

let system: System;
let ledger: LedgerView;
let project: string;

beforeAll(async () => {
  system = await runningSystem();
  ledger = await openLedger();
  // Of this name, so that pipeline `filters` runs what touches `filtered/`, beside `check`.
  let namespace: string;
  ({ project, namespace } = await makeProject(system, 'filters-cancel'));
  const { group, version, plural } = PROJECT_API;
  await system.kube.patch(`/apis/${group}/${version}/${plural}/${projectObjectName(project)}`, 'merge', {
    spec: { class: CLASS },
  });
  await until('the small quota', async () => {
    const quota = await system.kube.get(`/api/v1/namespaces/${namespace}/resourcequotas/compute`);
    return Quota.parse(quota).status?.hard['requests.cpu'] === '500m';
  });
  const definition = oneStep(await localImage(system.kube, 'busybox'), LONG, ASKED);
  await system.gerrit.pushDefinition(project, {
    'seakeeper/check.yaml': definition,
    'seakeeper/filters.yaml': definition,
  });
}, 3_600_000);

afterAll(async () => {
  await ledger?.close();
  if (project !== undefined) await removeProject(system, project);
  await system?.gerrit.close();
});

const push = (name: string, folder = 'src') =>
  system.gerrit.pushChange({ project, subject: name, files: { [`${folder}/${name}.txt`]: `${name}\n` } });

/** The change's only run, once it does what it does. */
const running = (change: PushedPatchSet): Promise<ArgoWorkflow> =>
  until(`a run of change ${change.number}`, async () => {
    const runs = await workflowsOf(system, change);
    return runs.length === 1 && runs[0]?.status.phase === 'Running' && runs[0];
  });

const stopped = (change: PushedPatchSet): Promise<ArgoWorkflow[]> =>
  until(`the runs of change ${change.number} to end`, async () => {
    const runs = await workflowsOf(system, change);
    return runs.every(({ status }) => isFinished(status.phase)) && runs;
  });

/** What became of a patch set's own event by pipeline. */
const latestOf = async (change: PushedPatchSet) => {
  const pushed = (await ledger.eventsOf(change)).find(({ type }) => type === 'patchset-created');
  return Object.entries(pushed?.pairs ?? {}).map(([pipeline, { latest }]) => ({
    pipeline,
    decision: latest?.decision,
  }));
};

const reasons = (runs: readonly ArgoWorkflow[]) =>
  runs.map(({ metadata }) => metadata.annotations[Annotation.stoppedBecause]);

test('an abandoned change gives up its place in line at once, and what runs of it is stopped and reported without a vote', async () => {
  const change = await push('abandoned', 'filtered');
  const run = await running(change);
  const waits = await until('the other pipeline to wait', async () =>
    (await latestOf(change)).find(({ pipeline, decision }) => {
      return pipeline !== run.metadata.labels[Label.pipeline] && decision?.kind === 'queued';
    }),
  );
  const next = await push('next');

  await system.gerrit.abandon(change);

  await until('the waiting run to leave the line', async () => {
    const found = (await latestOf(change)).find(({ pipeline }) => pipeline === waits.pipeline);
    return found?.decision?.kind === 'filtered' && found.decision.reason === 'change-closed';
  });
  const ended = await stopped(change);
  expect(ended.map(({ metadata }) => metadata.name)).toEqual([run.metadata.name]);
  expect(reasons(ended)).toEqual(['change-abandoned']);
  const [report] = await waitForReports(system, change);
  expect(report?.message).toContain('Stopped: the change was abandoned, which is no verdict on the change.');
  // Its room is the next one's, and nothing more is said of it.
  await running(next);
  expect(await reportsOn(system, change)).toHaveLength(1);
  expect(await system.gerrit.votes(change)).toEqual([]);
  await system.gerrit.abandon(next);
  await stopped(next);
});

test('a comment takes a change out of the pipeline that says so, and another one has it run again', async () => {
  const change = await push('taken-out');
  await running(change);

  await system.gerrit.comment(change, 'cancel');

  const ended = await stopped(change);
  expect(reasons(ended)).toEqual(['dequeued']);
  const [report] = await waitForReports(system, change);
  expect(report?.message).toContain('Stopped: somebody had the change taken out of this pipeline');
  expect(await system.gerrit.votes(change)).toEqual([]);

  await system.gerrit.comment(change, 'recheck');
  await until('the second run', async () => (await workflowsOf(system, change)).length === 2);
  await system.gerrit.abandon(change);
  await stopped(change);
});

test('an abandonment that nobody was there to hear of stops the run all the same', async () => {
  const change = await push('unheard');
  await running(change);

  killProcesses(/node \/app\/trigger\.js$/);
  await system.gerrit.abandon(change);

  expect(reasons(await stopped(change))).toEqual(['change-abandoned']);
  await waitForReports(system, change);
});

test('a deleted change stops its run, which is reported nowhere', async () => {
  const change = await push('deleted');
  await running(change);

  await system.gerrit.rest('DELETE', `/changes/${encodeURIComponent(project)}~${change.number}`);

  const [run] = await stopped(change);
  expect(run?.metadata.annotations[Annotation.stoppedBecause]).toBe('change-deleted');
  await until('the run to be closed', async () => {
    const [closed] = await workflowsOf(system, change);
    return closed?.metadata.annotations[Annotation.reported] === 'change-not-found';
  });
});
