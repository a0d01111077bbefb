import { z } from 'zod';
import { PROJECTS_PATH } from '../../../core/project';
import { projectObjectName } from '../../../core/project-name';
import { ADDRESS_PLAN } from '../../../local/cluster/address-plan';
import { makeProject, removeProject, runningSystem, type System, workflowsOf } from '../support/system';
import { until } from '../support/until';

const NODE_PORT = 30_746;
const API = `http://${ADDRESS_PLAN.nodeAddress}:${NODE_PORT}/api/v1`;
const ROOT = `${API}/workflows`;
const ARGO = '/apis/argoproj.io/v1alpha1';
/** gRPC's word for "not allowed", which argo-server answers beside 403. */
const PERMISSION_DENIED = 7;
const Named = z.object({ metadata: z.object({ name: z.string() }) });
const Refusal = z.object({ code: z.int() });

let system: System;
let made: { project: string; namespace: string };

beforeAll(async () => {
  system = await runningSystem();
  made = await makeProject(system, 'public-view');
}, 50 * 60_000);

afterAll(async () => {
  await (made && removeProject(system, made.project));
  await system?.gerrit.close();
});

const WORKFLOW = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Workflow',
  metadata: { generateName: 'anonymous-' },
  spec: {
    entrypoint: 'main',
    serviceAccountName: 'runner-pre-review',
    templates: [{ name: 'main', suspend: {} }],
  },
};

const send = (method: 'POST' | 'PUT' | 'DELETE', url: string, body: object = {}) =>
  fetch(url, { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

/** A Workflow that waits, put there by an administrator. */
async function makeWorkflow(): Promise<string> {
  const path = `${ARGO}/namespaces/${made.namespace}/workflows`;
  return Named.parse(await system.kube.create(path, WORKFLOW)).metadata.name;
}

const listing = (namespace: string) => fetch(`${ROOT}/${namespace}`);

async function expectDenied(response: Response): Promise<void> {
  expect(response.status).toBe(403);
  expect(Refusal.parse(await response.json()).code).toBe(PERMISSION_DENIED);
}

describe('argo-server, asked by nobody in particular', () => {
  test('refuses every POST: a Workflow, one from a template, an event, a sensor', async () => {
    const posts: [string, object][] = [
      [`workflows/${made.namespace}`, { workflow: WORKFLOW }],
      [
        `workflows/${made.namespace}/submit`,
        {
          resourceKind: 'ClusterWorkflowTemplate',
          resourceName: 'seakeeper-checkout',
          submitOptions: { parameters: ['fetch-url=a', 'ref=b', 'revision=c'] },
        },
      ],
      [`sensors/${made.namespace}`, { sensor: { metadata: { generateName: 'anonymous-' } } }],
    ];
    for (const [path, body] of posts) {
      await expectDenied(await send('POST', `${API}/${path}`, body));
    }
    // No event binding may be read, so none is started; this path answers without a code.
    expect((await send('POST', `${API}/events/${made.namespace}/any`, { any: 'thing' })).status).toBe(403);

    expect(await workflowsOf(system, made)).toEqual([]);
  });

  test('shows a Workflow of a public project, and refuses to touch it', async () => {
    const name = await makeWorkflow();
    const workflow = `${ROOT}/${made.namespace}/${name}`;

    const seen = await until('the Workflow is shown', async () => {
      const response = await fetch(workflow);
      return response.ok && Named.parse(await response.json());
    });
    expect(seen.metadata.name).toBe(name);
    for (const verb of ['stop', 'terminate', 'suspend', 'resubmit']) {
      await expectDenied(await send('PUT', `${workflow}/${verb}`, { name, namespace: made.namespace }));
    }
    await expectDenied(await send('DELETE', workflow));
    // It tries this one again for a while, and then has no code for it.
    const resume = await send('PUT', `${workflow}/resume`, { name, namespace: made.namespace });
    expect(await resume.text()).toContain('cannot update resource');
    const [after, ...others] = await workflowsOf(system, made);
    expect(others).toEqual([]);
    expect(after?.metadata.name).toBe(name);
    expect(after?.spec.shutdown).toBeUndefined();
  });

  test('shows nothing of a project that has become private', async () => {
    const path = PROJECTS_PATH;
    const visible = async (visibility: 'public' | 'private', status: number) => {
      await system.kube.patch(`${path}/${projectObjectName(made.project)}`, 'merge', { spec: { visibility } });
      await until(`argo-server answers ${status}`, async () => (await listing(made.namespace)).status === status);
    };
    await visible('public', 200);

    await visible('private', 403);

    await expectDenied(await listing(made.namespace));
  });

  test.each(['argo-system', 'gerrit-gateway', 'kube-system'])('shows nothing of %s', async (namespace) => {
    await expectDenied(await listing(namespace));
  });

  test('shows no pod log outside public projects', async () => {
    const response = await fetch(`${ROOT}/gerrit-gateway/any/log?podName=gateway-0&logOptions.container=main`);

    expect(await response.text()).not.toContain('"content"');
  });
});
