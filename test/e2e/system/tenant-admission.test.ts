import { z } from 'zod';
import { Label, Namespace } from '../../../core/labels';
import { PROJECT_API, PROJECTS_PATH } from '../../../core/project';
import { namespaceForProject, projectObjectName } from '../../../core/project-name';
import { kubectl } from '../support/kubectl';
import { imageOf, removeProject, runningSystem, type System } from '../support/system';
import { until } from '../support/until';

const OWNER = 'alice@example.org';
const PROJECT = `admission-${Date.now().toString(36)}`;
const NAMESPACE = namespaceForProject(PROJECT);
const WORKFLOWS = `/apis/argoproj.io/v1alpha1/namespaces/${NAMESPACE}/workflows`;

let system: System;
let image: string;

beforeAll(async () => {
  system = await runningSystem();
  image = (await imageOf(system.kube, Namespace.gerritGateway, 'trigger')) ?? '';
  const projects = PROJECTS_PATH;
  await system.kube.create(projects, {
    apiVersion: `${PROJECT_API.group}/${PROJECT_API.version}`,
    kind: PROJECT_API.kind,
    metadata: { name: projectObjectName(PROJECT) },
    spec: { gerritName: PROJECT, owners: [OWNER] },
  });
  await kubectl(['wait', '--for=condition=Ready', `project/${projectObjectName(PROJECT)}`, '--timeout=120s']);
}, 50 * 60_000);

afterAll(async () => {
  await removeProject(system, PROJECT);
  await system.gerrit.close();
});

const suspended = (metadata: object) => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Workflow',
  metadata: { namespace: NAMESPACE, ...metadata },
  spec: { entrypoint: 'main', templates: [{ name: 'main', suspend: {} }] },
});

/** What an owner may submit: it keeps the table, and ends at once. */
const byHand = (metadata: object) => ({
  ...suspended(metadata),
  spec: {
    entrypoint: 'main',
    templates: [{ name: 'main', container: { image, command: ['/usr/local/bin/node', '-e', ''] } }],
  },
});

const submit = (as: string, object: object) => kubectl([`--as=${as}`, 'create', '-f', '-'], JSON.stringify(object));
const patch = (as: string, name: string, change: object) =>
  kubectl([`--as=${as}`, '-n', NAMESPACE, 'patch', 'workflow', name, '--type=merge', '-p', JSON.stringify(change)]);

/** A run of ours as the trigger would make it; made by the administrator, whom the policies trust. */
async function ourRun(): Promise<string> {
  const name = `ours-${Math.random().toString(36).slice(2, 8)}`;
  await system.kube.create(WORKFLOWS, suspended({ name, labels: { [Label.run]: 'abc', [Label.pipeline]: 'check' } }));
  return name;
}

describe('an owner', () => {
  test('submits a Workflow of their own', async () => {
    await expect(submit(OWNER, byHand({ name: 'by-hand' }))).resolves.toContain('by-hand');

    // The values that are ours came from the controller, for nobody wrote them.
    const ran = await endOf('by-hand');
    expect(ran.status.phase).toBe('Succeeded');
    expect(ran.spec).toMatchObject({
      serviceAccountName: 'runner-pre-review',
      podPriorityClassName: 'seakeeper-pre-review',
      archiveLogs: true,
    });
  }, 240_000);

  test('cannot submit what the trigger would refuse in a definition', async () => {
    await expect(submit(OWNER, suspended({ name: 'waiting' }))).rejects.toThrow(/Template may not have: suspend/);
  });

  test('cannot give it a label or annotation of ours, now or later', async () => {
    const reserved = /are set by Seakeeper only/;

    await expect(submit(OWNER, byHand({ name: 'forged', labels: { [Label.run]: 'abc' } }))).rejects.toThrow(reserved);
    await submit(OWNER, byHand({ name: 'honest' }));
    await expect(patch(OWNER, 'honest', { metadata: { labels: { [Label.change]: '1' } } })).rejects.toThrow(reserved);
    await expect(
      patch(OWNER, 'honest', { metadata: { annotations: { 'seakeeper.wikimedia.org/reported': 'Succeeded' } } }),
    ).rejects.toThrow(reserved);
  });

  test("cannot take a run's label away", async () => {
    await expect(patch(OWNER, await ourRun(), { metadata: { labels: { [Label.run]: null } } })).rejects.toThrow(
      /are set by Seakeeper only/,
    );
  });

  test('terminates a run', async () => {
    await expect(patch(OWNER, await ourRun(), { spec: { shutdown: 'Terminate' } })).resolves.toContain('patched');
  });

  test("cannot forge a run's phase, nor change what it does", async () => {
    const name = await ourRun();

    await expect(patch(OWNER, name, { status: { phase: 'Succeeded' } })).rejects.toThrow(/is Argo's to write/);
    await expect(patch(OWNER, name, { spec: { entrypoint: 'other' } })).rejects.toThrow(/may be stopped or terminated/);
  });

  test.each([
    ['pods', 'create'],
    ['pods/exec', 'create'],
    ['secrets', 'get'],
    ['workflows', 'delete'],
    ['rolebindings', 'create'],
    ['workflowtaskresults', 'create'],
  ])('has no right to %s: %s', async (resource, verb) => {
    const answer = kubectl([`--as=${OWNER}`, '-n', NAMESPACE, 'auth', 'can-i', verb, resource]);

    await expect(answer).rejects.toThrow();
  });
});

const Finished = z.object({
  spec: z.looseObject({}),
  status: z.object({ phase: z.string().optional() }).default({}),
});

/** A Workflow that has ended, whatever came of it. */
const endOf = (name: string) =>
  until(
    `Workflow ${name} ended`,
    async () => {
      const workflow = Finished.parse(await system.kube.get(`${WORKFLOWS}/${name}`));
      return ['Succeeded', 'Failed', 'Error'].includes(workflow.status.phase ?? '') && workflow;
    },
    180_000,
  );

describe('a task result', () => {
  /** Tries, with the pod's own token, to write the result of a task that is not its own. */
  const FORGE = `
    const fs = require('node:fs');
    const folder = '/var/run/secrets/kubernetes.io/serviceaccount/';
    const token = fs.readFileSync(folder + 'token', 'utf8');
    const result = {
      apiVersion: 'argoproj.io/v1alpha1', kind: 'WorkflowTaskResult', phase: 'Succeeded',
      metadata: { name: process.argv[1] + '-1234567', labels: { 'workflows.argoproj.io/workflow': process.argv[1] } },
    };
    const request = require('node:https').request({
      host: 'kubernetes.default.svc', method: 'POST', ca: fs.readFileSync(folder + 'ca.crt'),
      path: '/apis/argoproj.io/v1alpha1/namespaces/${NAMESPACE}/workflowtaskresults',
      headers: { authorization: 'Bearer ' + token, 'content-type': 'application/json' },
    }, (response) => { console.log('answered ' + response.statusCode); process.exit(response.statusCode === 403 ? 0 : 1); });
    request.end(JSON.stringify(result));
  `;

  test('is written by the pod of its own task, and by no other pod of the same account', async () => {
    const name = 'forger';
    await system.kube.create(WORKFLOWS, {
      ...suspended({ name }),
      spec: {
        entrypoint: 'main',
        serviceAccountName: 'runner-pre-review',
        templates: [
          { name: 'main', steps: [[{ name: 'try', template: 'forge' }]] },
          {
            name: 'forge',
            container: { image, command: ['/usr/local/bin/node', '-e', FORGE, '--', '{{workflow.name}}'] },
          },
        ],
      },
    });

    // Succeeded says both: the forgery was answered 403, and Argo got the real result of the real pod.
    const { phase } = (await endOf(name)).status;
    expect(phase).toBe('Succeeded');
  }, 240_000);
});
