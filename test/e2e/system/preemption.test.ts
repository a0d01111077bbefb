import { z } from 'zod';
import { isFinished, podName, podNodes } from '../../../core/argo-workflow';
import { type Image, imageReference } from '../../../core/images';
import { DOMAIN, Label } from '../../../core/labels';
import { namespaceForProject } from '../../../core/project-name';
import { parseQuantity } from '../../../core/quantity';
import type { PushedPatchSet } from '../../../local/gerrit/gerrit-admin';
import { KubeError } from '../../../services/shared/kube-client';
import { INFRASTRUCTURE_RETRIES } from '../../../services/trigger/render-retry';
import { oneStep } from '../support/definitions';
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

const Pods = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string(), finalizers: z.array(z.string()).default([]) }),
      spec: z.object({
        containers: z.array(
          z.object({ resources: z.object({ requests: z.record(z.string(), z.string()).default({}) }) }),
        ),
      }),
      status: z.object({ phase: z.string() }),
    }),
  ),
});
const Nodes = z.object({
  items: z.array(z.object({ status: z.object({ allocatable: z.object({ cpu: z.string() }) }) })),
});
const Events = z.object({
  items: z.array(z.object({ reason: z.string().nullish(), regarding: z.object({ name: z.string() }).optional() })),
});

/** Cores left to runs while a suite lasts, and what each run of it asks for: one fits, two do not. */
const ROOM = 0.9;
const ASKED = '600m';
const BALLAST = 'preemption-ballast';
const BALLAST_PATH = `/api/v1/namespaces/${BALLAST}`;
/** On a pod that may not vanish before Argo has read how it ended. */
const HELD = `${DOMAIN}/held-by-test`;
/** What a script prints once a signal would reach it: until then the executor that starts it may get the signal. */
const BEGUN = 'begun';

let system: System;
let busybox: Image;
let checked: { project: string; namespace: string };
let gated: { project: string; namespace: string };

beforeAll(async () => {
  system = await runningSystem();
  busybox = await localImage(system.kube, 'busybox');
  checked = await makeProject(system, 'preempted', definition(`echo ${BEGUN}; sleep 20; echo survived`));
  gated = await makeProject(system, 'preempting', definition('true', '50m'));
  await system.gerrit.pushDefinition(gated.project, {
    'seakeeper/post-merge.yaml': definition('sleep 3; echo landed'),
  });
  await fillNode();
}, 3_600_000);

afterEach(async () => {
  if (checked !== undefined) await releasePods(checked.namespace);
});

afterAll(async () => {
  await system?.kube.delete(BALLAST_PATH).catch(() => undefined);
  for (const project of [checked, gated]) {
    if (project !== undefined) await removeProject(system, project.project);
  }
});

const definition = (script: string, cpu = ASKED): string => oneStep(busybox, script, cpu);

/** A pod nobody may push out takes what the node has beyond `ROOM`, however large the machine is. */
async function fillNode(): Promise<void> {
  await until('the ballast of a run before this is gone', () =>
    system.kube.delete(BALLAST_PATH).then(
      () => false,
      (error: unknown) => error instanceof KubeError && error.status === 404,
    ),
  );
  const nodes = Nodes.parse(await system.kube.get('/api/v1/nodes')).items;
  const pods = Pods.parse(await system.kube.get('/api/v1/pods')).items;
  const requested = pods
    .filter(({ status }) => status.phase === 'Running' || status.phase === 'Pending')
    .flatMap(({ spec }) => spec.containers.map(({ resources }) => parseQuantity(resources.requests['cpu'] ?? '0')));
  const total = nodes.reduce((sum, { status }) => sum + parseQuantity(status.allocatable.cpu), 0);
  const surplus = total - requested.reduce((sum, cpu) => sum + cpu, 0) - ROOM;
  if (surplus <= 0) return;
  await system.kube.create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: BALLAST } });
  await until('the account of the ballast', async () =>
    system.kube.get(`${BALLAST_PATH}/serviceaccounts/default`).then(
      () => true,
      () => false,
    ),
  );
  await system.kube.create(`${BALLAST_PATH}/pods`, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'ballast' },
    spec: {
      priorityClassName: 'seakeeper-system',
      terminationGracePeriodSeconds: 0,
      containers: [
        {
          name: 'sleep',
          image: imageReference(busybox),
          command: ['sleep', '3600'],
          resources: { requests: { cpu: `${Math.floor(surplus * 1000)}m` } },
        },
      ],
    },
  });
}

const check = (name: string) =>
  system.gerrit.pushChange({ project: checked.project, subject: name, files: { 'file.txt': name } });

/** A change of the other project that only has to be submitted. What runs then is gate work. */
async function readyToLand(name: string): Promise<PushedPatchSet> {
  const change = await system.gerrit.pushChange({ project: gated.project, subject: name, files: { [name]: name } });
  await waitForReports(system, change);
  await system.gerrit.comment(change, 'good', { 'Code-Review': 2 });
  return change;
}

const podsPath = (namespace: string): string => `/api/v1/namespaces/${namespace}/pods`;

const podsIn = async (namespace: string) => Pods.parse(await system.kube.get(podsPath(namespace))).items;

const hasBegun = async (namespace: string, pod: string): Promise<boolean> =>
  (await system.kube.text(`${podsPath(namespace)}/${pod}/log?container=main`)).split('\n').includes(BEGUN);

/**
 * Waits for a pod of a change's run whose script runs, other than those named, and holds it.
 *
 * A pod's object is deleted some 250 ms after the kubelet says how it ended. When Argo comes too late to read that, and
 * the pod was made less than 10 s before, it makes the pod anew under the same name and counts no attempt.
 */
async function aPodRuns({ project, number }: PushedPatchSet, before: readonly string[] = []): Promise<string> {
  const namespace = namespaceForProject(project);
  const name = await until(`a pod of change ${number} runs`, async () => {
    const running = (await podsIn(namespace))
      .filter(({ status }) => status.phase === 'Running')
      .map(({ metadata }) => metadata.name)
      .find((pod) => pod.startsWith(`${project}-${number}-`) && !before.includes(pod));
    return running !== undefined && (await hasBegun(namespace, running)) && running;
  });
  await system.kube.patch(`${podsPath(namespace)}/${name}`, 'merge', { metadata: { finalizers: [HELD] } });
  return name;
}

/** Lets the pods go that `aPodRuns` held. */
async function releasePods(namespace: string): Promise<void> {
  for (const { metadata } of await podsIn(namespace)) {
    if (metadata.finalizers.includes(HELD)) {
      await system.kube.patch(`${podsPath(namespace)}/${metadata.name}`, 'merge', { metadata: { finalizers: null } });
    }
  }
}

/** Pods of the checked project that the scheduler took for another. */
const preempted = async (): Promise<string[]> =>
  Events.parse(await system.kube.get(`/apis/events.k8s.io/v1/namespaces/${checked.namespace}/events`)).items.flatMap(
    ({ reason, regarding }) => (reason === 'Preempted' && regarding !== undefined ? [regarding.name] : []),
  );

const verified = async (change: PushedPatchSet) =>
  (await system.gerrit.votes(change)).filter(({ label }) => label === 'Verified').map(({ value }) => value);

/** The run of a change's landing, once it has ended. */
const landing = (change: PushedPatchSet) =>
  until('the gate work is done', async () =>
    (await workflowsOf(system, change)).find(
      ({ metadata, status }) => metadata.labels[Label.pipeline] === 'post-merge' && isFinished(status.phase),
    ),
  );

/** The attempts at a change's one step, each with the name of its pod. */
async function attempts(change: PushedPatchSet) {
  const runs = await finishedRuns(system, change);
  return runs.flatMap((run) =>
    podNodes(run).map((node) => ({
      pod: podName(run.metadata.name, node),
      phase: node.phase,
      startedAt: node.startedAt ?? '',
    })),
  );
}

describe('gate work that finds no room', () => {
  test('takes that of check work, which is tried again and gets its +1', async () => {
    const gate = await readyToLand('first');
    const change = await check('checked');
    const pod = await aPodRuns(change);

    await system.gerrit.submit(gate);
    const landed = await landing(gate);
    const [report] = await waitForReports(system, change);

    expect(landed.status.phase).toBe('Succeeded');
    expect(await preempted()).toContain(pod);
    const [first, second, ...more] = await attempts(change);
    expect(first).toMatchObject({ pod, phase: 'Failed' });
    expect(second?.phase).toBe('Succeeded');
    expect(more).toEqual([]);
    // The gate did not wait for the check, the check did for the gate.
    expect(Date.parse(second?.startedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(landed.status.startedAt ?? ''));
    expect(report?.message).toContain('Build succeeded.');
    expect(await verified(change)).toEqual([1]);
  });

  test('leaves a check that says of the signal that it failed without a vote', async () => {
    const script = `trap 'echo interrupted; exit 1' TERM; echo ${BEGUN}; sleep 60 & wait`;
    await system.gerrit.pushDefinition(checked.project, { 'seakeeper/check.yaml': definition(script) });
    const gate = await readyToLand('second');
    const change = await check('trapped');
    const pod = await aPodRuns(change);

    await system.gerrit.submit(gate);
    const [report] = await waitForReports(system, change);

    expect(await preempted()).toContain(pod);
    expect(report?.message).toContain('could not run');
    expect(report?.message).toContain('the cluster took its pod');
    expect(await verified(change)).toEqual([]);
  });
});

describe('a pod that is evicted again and again', () => {
  test('is tried again a few times, then reported as what could not run, without a vote', async () => {
    await system.gerrit.pushDefinition(checked.project, {
      'seakeeper/check.yaml': definition(`echo ${BEGUN}; sleep 60`),
    });
    const change = await check('evicted');
    const evicted: string[] = [];
    for (let attempt = 0; attempt <= INFRASTRUCTURE_RETRIES; attempt++) {
      const pod = await aPodRuns(change, evicted);
      await system.kube.create(`${podsPath(checked.namespace)}/${pod}/eviction`, {
        apiVersion: 'policy/v1',
        kind: 'Eviction',
        metadata: { name: pod, namespace: checked.namespace },
      });
      evicted.push(pod);
    }

    const [report] = await waitForReports(system, change);

    expect(await attempts(change)).toMatchObject(evicted.map((pod) => ({ pod, phase: 'Failed' })));
    expect(report?.message).toContain('could not run');
    expect(await verified(change)).toEqual([]);
    expect(await reportsOn(system, change)).toHaveLength(1);
    expect(await workflowsOf(system, change)).toHaveLength(1);
  });
});
