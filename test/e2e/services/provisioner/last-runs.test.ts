import { setTimeout as sleep } from 'node:timers/promises';
import { App } from 'cdk8s';
import { z } from 'zod';
import { ArgoCrdsChart } from '../../../../constructs/argo-crds-chart';
import { ProjectCrdChart } from '../../../../constructs/project-crd-chart';
import { WORKFLOW_API } from '../../../../core/argo-workflow';
import { Label } from '../../../../core/labels';
import { PROJECT_API, PROJECTS_PATH, ProjectObject } from '../../../../core/project';
import { namespaceForProject, projectObjectName } from '../../../../core/project-name';
import { type ApiServerFixture, startApiServer } from '../../../../local/cluster/api-server-alone';
import { runCommand } from '../../../../local/cluster/run-command';
import { ensureToolchain } from '../../../../local/toolchain/toolchain';
import { startLastRuns } from '../../../../services/provisioner/last-runs/last-runs';
import { KubeClient } from '../../../../services/shared/kube-client';
import { createLogger } from '../../../../services/shared/log';
import { until } from '../../support/until';

jest.setTimeout(60_000);

const PROJECT = 'mediawiki/core';
const NAMESPACE = namespaceForProject(PROJECT);
const WORKFLOWS = `/apis/${WORKFLOW_API.group}/${WORKFLOW_API.version}/namespaces/${NAMESPACE}/${WORKFLOW_API.plural}`;

let server: ApiServerFixture;
let kube: KubeClient;
let stop: () => Promise<void>;

beforeAll(async () => {
  server = await startApiServer();
  kube = new KubeClient(server.config());
  const app = new App();
  for (const crd of [new ArgoCrdsChart(app, 'argo'), new ProjectCrdChart(app, 'project')].flatMap((chart) =>
    chart.toJson().map((object) => z.looseObject({}).parse(object)),
  )) {
    await kube.create('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', crd);
  }
  await kube.create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } });
  await until('Projects are served', () =>
    kube.create(PROJECTS_PATH, {
      apiVersion: `${PROJECT_API.group}/${PROJECT_API.version}`,
      kind: PROJECT_API.kind,
      metadata: { name: projectObjectName(PROJECT) },
      spec: { gerritName: PROJECT },
    }),
  );
  await until('Workflows are served', () => kube.get(WORKFLOWS));
}, 600_000);

beforeEach(() => {
  stop = startLastRuns({ kube, log: createLogger('test') });
});

afterEach(() => stop());
afterAll(() => server?.stop());

/** A run as the workflow-controller leaves it; `ours`: as the trigger makes it. */
const runEnds = (name: string, phase: string, ours = true) =>
  kube.create(WORKFLOWS, {
    apiVersion: `${WORKFLOW_API.group}/${WORKFLOW_API.version}`,
    kind: 'Workflow',
    metadata: {
      name,
      labels: { 'workflows.argoproj.io/completed': 'true', ...(ours ? { [Label.run]: 'abcdefghij' } : {}) },
    },
    spec: {},
    status: { phase, startedAt: '2026-11-01T10:00:00Z', finishedAt: '2026-11-01T10:00:42Z' },
  });

const lastRun = async () =>
  ProjectObject.parse(await kube.get(`${PROJECTS_PATH}/${projectObjectName(PROJECT)}`)).status?.lastRun;
const isNoted = (name: string) =>
  until(`${name} is noted`, async () => {
    const run = await lastRun();
    return run?.name === name ? run : undefined;
  });

test('how the last run of a change ended stands on its Project, and in the list of projects', async () => {
  await runEnds('first', 'Succeeded');
  expect(await isNoted('first')).toEqual({ name: 'first', phase: 'Succeeded', finishedAt: '2026-11-01T10:00:42Z' });
  await runEnds('second', 'Failed');
  await isNoted('second');
  const kubectl = (await ensureToolchain(['kubernetes'])).binary('kubectl');
  const [head = '', row = ''] = (
    await runCommand(kubectl, [`--kubeconfig=${server.kubeconfig}`, 'get', 'projects'])
  ).split('\n');
  expect(head.split(/\s{2,}/)).toEqual(
    expect.arrayContaining(['GERRIT', 'NAMESPACE', 'CLASS', 'READY', 'LAST RUN', 'QUOTA']),
  );
  expect(row).toContain('Failed');
});

test('a run that somebody submits by hand does not, and one from before a restart still does', async () => {
  await runEnds('by-hand', 'Succeeded', false);
  await stop();
  // The API server's clock tells runs apart by seconds.
  await sleep(1_100);
  await runEnds('meanwhile', 'Error');
  stop = startLastRuns({ kube, log: createLogger('test') });
  await isNoted('meanwhile');
});
