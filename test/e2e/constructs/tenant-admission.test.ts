import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { z } from 'zod';
import { CuratedTemplatesChart } from '../../../constructs/curated-templates-chart';
import { NamespaceAdmissionChart } from '../../../constructs/namespace-admission-chart';
import { TenantAdmissionChart } from '../../../constructs/tenant-admission-chart';
import { ProjectRole, ServiceAccounts } from '../../../core/access';
import { Annotation, Label } from '../../../core/labels';
import type { Pipeline } from '../../../core/pipeline';
import { CacheOwner, cacheKey } from '../../../core/run-cache';
import { ensureToolchain } from '../../../local/toolchain/toolchain';
import { KubeError } from '../../../services/shared/kube-client';
import { IMAGES } from '../../constructs/fixtures';
import { definitionWith, ROWS } from '../../services/shared/definition/definition-samples';
import { DEFINITION, renderRun } from '../../services/trigger/fixtures';
import {
  type AdmissionServer,
  type Caller,
  kindPath,
  NAMESPACE,
  startAdmissionServer,
} from '../support/admission-server';

jest.setTimeout(180_000);

const EXAMPLE = join(__dirname, '../../../docs/examples/check.yaml');
const WORKFLOWS = kindPath('Workflow', NAMESPACE);
const ARGO = 'argoproj.io/v1alpha1';

let server: AdmissionServer;

beforeAll(async () => {
  const cluster = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'ci-forged' } };
  server = await startAdmissionServer(
    (app) => [
      new CuratedTemplatesChart(app, 'templates', { images: IMAGES }),
      new TenantAdmissionChart(app, 'tenant'),
      new NamespaceAdmissionChart(app, 'namespaces'),
    ],
    { caller: 'owner', object: cluster },
  );
});

afterAll(() => server?.stop());

const Parsed = z.looseObject({ spec: z.looseObject({}) });

/** A Workflow as somebody sends it by hand. */
const workflow = (spec: object, metadata: object = {}, more: object = {}) => ({
  apiVersion: ARGO,
  kind: 'Workflow',
  metadata: { name: 'by-hand', namespace: NAMESPACE, ...metadata },
  spec,
  ...more,
});
const step = (container: object = {}) => ({
  entrypoint: 'main',
  templates: [{ name: 'main', container: { image: 'busybox:1.36', command: ['true'], ...container } }],
});
const ask = (object: object, caller: Caller = 'owner') => server.askToCreate(caller, object);

describe('a run as the trigger renders it', () => {
  const render = (pipeline: Partial<Pipeline>, definition: string) => renderRun(NAMESPACE, pipeline, definition);
  const retried = definitionWith('RetryStrategy', 'expression', `lastRetry.exitCode != "${'7'.repeat(170)}"`).text;

  test.each([
    ['of code before review', {}, DEFINITION],
    ['of reviewed code', { trust: 'post-review', priority: 1000, timeoutSeconds: 86_400 } as const, DEFINITION],
    ['of pool heavy', { pool: 'heavy' } as const, DEFINITION],
    ['of pool security', { pool: 'security' } as const, DEFINITION],
    ['of the example', {}, readFileSync(EXAMPLE, 'utf8')],
    ['with the most retries', {}, retried],
  ])('%s is accepted from the trigger, and from nobody else', async (_, pipeline, definition) => {
    const run = render(pipeline, definition);

    expect(await ask(run, 'trigger')).toBe('admitted');
    expect(await ask(run)).toMatch(/denied request/);
  });

  test.each([
    ['of gate for code before review', { pool: 'gate' } as const, 'for reviewed code only'],
    ['of more priority than there is', { priority: 5_000 }, 'priority must be'],
  ])('and one %s is refused even from the trigger', async (_, pipeline, words) => {
    const run = render({}, DEFINITION);
    const other = 'pool' in pipeline ? render({ trust: 'post-review', ...pipeline }, DEFINITION).spec : {};
    const spec = { ...run.spec, ...('pool' in pipeline ? { tolerations: other['tolerations'] } : pipeline) };

    expect(await ask({ ...run, spec }, 'trigger')).toContain(words);
  });
});

describe('a field of ours', () => {
  const forced = ROWS.flatMap(({ row, type, field, policy }) =>
    policy.value === undefined ? [] : [[row, type, field, policy.value] as const],
  );
  test.each(forced)(
    '%s may be written out by hand as it would be, and not otherwise',
    async (_, type, field, value) => {
      // FixedValue is plain JSON: strings, numbers, booleans and objects of them.
      const as = (written: unknown) => {
        const definition = Parsed.parse(parse(definitionWith(type, field, 'MARK').text));
        return JSON.parse(JSON.stringify(workflow(definition.spec)).replace('"MARK"', JSON.stringify(written)));
      };

      expect(await ask(as(value))).toBe('admitted');
      expect(await ask(as('else'))).toContain(`${field} must be absent or`);
    },
  );
});

describe('argo submit', () => {
  test('of the example is accepted, with all that Go writes for fields that are not set', async () => {
    const argo = (await ensureToolchain(['argo-workflows'])).binary('argo');
    const kubeconfig = server.server.kubeconfigFor('limited');
    const run = promisify(execFile);
    const parameters = ['ref', 'revision', 'fetch-url', 'change', 'patch-set'].flatMap((name) => ['-p', `${name}=1`]);

    const { stdout } = await run(
      argo,
      ['submit', EXAMPLE, '--server-dry-run', '-o', 'json', '-n', NAMESPACE, '--kubeconfig', kubeconfig, ...parameters],
      { env: { ...process.env, KUBECONFIG: kubeconfig } },
    );

    expect(Parsed.parse(JSON.parse(stdout)).spec).toMatchObject({ entrypoint: 'check' });
  });

  test('of a field that is not allowed is refused, and says which', async () => {
    const argo = (await ensureToolchain(['argo-workflows'])).binary('argo');
    const kubeconfig = server.server.kubeconfigFor('limited');
    const file = join(server.server.folder, 'hostile.yaml');
    writeFileSync(file, JSON.stringify(workflow({ ...step(), hostNetwork: true })));

    const submitted = promisify(execFile)(argo, ['submit', file, '-n', NAMESPACE, '--kubeconfig', kubeconfig], {
      env: { ...process.env, KUBECONFIG: kubeconfig },
    });

    await expect(submitted).rejects.toThrow(/WorkflowSpec may not have: hostNetwork/);
  });
});

describe('argo retry', () => {
  const retry = async (name: string) => {
    const argo = (await ensureToolchain(['argo-workflows'])).binary('argo');
    const kubeconfig = server.server.kubeconfigFor('limited');
    return promisify(execFile)(argo, ['retry', name, '-n', NAMESPACE, '--kubeconfig', kubeconfig], {
      env: { ...process.env, KUBECONFIG: kubeconfig },
    });
  };

  test.each([
    ['of a run of ours, its pods there', 'failed-1', true],
    ['of a run of ours, its pods gone', 'failed-2', false],
  ])('%s is refused with the cure', async (_, name, podIsThere) => {
    const node = {
      id: name,
      name,
      displayName: name,
      type: 'Pod',
      phase: 'Failed',
      templateName: 'main',
      templateScope: 'local/x',
    };
    const status = {
      phase: 'Failed',
      startedAt: '2026-01-01T00:00:00Z',
      finishedAt: '2026-01-01T00:00:01Z',
      nodes: { [name]: node },
    };
    const labels = {
      [Label.run]: 'abc',
      'workflows.argoproj.io/completed': 'true',
      'workflows.argoproj.io/phase': 'Failed',
    };
    const admin = await server.as('admin');
    await admin.create(WORKFLOWS, workflow(step(), { name, labels }, { status }));
    if (podIsThere) {
      await admin.create(kindPath('Pod', NAMESPACE), {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name },
        spec: { serviceAccountName: 'runner-pre-review', containers: [{ name: 'main', image: 'x' }] },
      });
    }

    await expect(retry(name)).rejects.toThrow(/comment 'recheck' on the change/);
  });
});

describe('what is submitted by hand', () => {
  test.each([
    ['an expression in a script', step({ args: ['{{=sprig.repeat(9, "x")}}'] })],
    [
      'an expression in a loop',
      {
        entrypoint: 'main',
        templates: [{ name: 'main', steps: [[{ name: 'a', template: 'main', withItems: [{ deep: ['{{=1}}'] }] }]] }],
      },
    ],
    ['a nested reference', step({ args: ['{{inputs.parameters.{{workflow.name}}}}'] })],
    ['an open reference', step({ args: ['{{workflow.name'] })],
  ])('holds no %s', async (_, spec) => {
    expect(await ask(workflow(spec))).toContain('something else than a plain reference');
  });

  test.each([
    ['a list that is a map', { entrypoint: 'main', templates: { main: {} } }],
    ['a map that is a list', { ...step(), arguments: [] }],
    ['an object that is text', { entrypoint: 'main', templates: ['main'] }],
    ['text that is an object', step({ image: { name: 'x' } })],
    ['a template that is nothing', { entrypoint: 'main', templates: [null] }],
  ])('is refused with %s', async (_, spec) => {
    expect(await ask(workflow(spec))).toMatch(/denied request/);
  });

  test('has no status, but for the empty one that the command sends', async () => {
    const forged = ['phase', 'nodes', 'storedWorkflowTemplateSpec', 'offloadNodeStatusVersion'];
    for (const field of forged) {
      expect(await ask(workflow(step(), {}, { status: { [field]: { forged: 'yes' } } }))).toContain("Argo's to write");
    }
    expect(await ask(workflow(step(), {}, { status: { startedAt: null, finishedAt: null, nodes: {} } }))).toBe(
      'admitted',
    );
  });

  test('brings along the curated template that it calls, which then runs, within the bounds of its own templates', async () => {
    const stored = (name: string, template: object) => ({
      status: { storedTemplates: { [name]: { name: 'checkout', ...template } } },
    });
    const curated = 'cluster/seakeeper-checkout/checkout';
    const forged = { container: { image: 'busybox:1.36', command: ['true'], securityContext: { privileged: true } } };

    expect(await ask(workflow(step(), {}, stored(curated, { container: step().templates[0]?.container })))).toBe(
      'admitted',
    );
    expect(await ask(workflow(step(), {}, stored(curated, forged)))).toContain('SecurityContext.privileged must be');
    expect(await ask(workflow(step(), {}, stored(curated, { hostNetwork: true })))).toContain(
      'may not have: hostNetwork',
    );
    expect(await ask(workflow(step(), {}, stored('local/other/checkout', {})))).toContain("Argo's to write");
  });

  test('brings along no template that writes a cache of reviewed code, and may bring one that reads it', async () => {
    const stored = (fields: object) =>
      workflow(
        step(),
        {},
        { status: { storedTemplates: { 'cluster/seakeeper-run-image/small': { name: 'small', ...fields } } } },
      );
    const artifact = (owner: CacheOwner) => ({
      artifacts: [{ name: 'x', path: '/x', s3: { key: cacheKey(owner, 'npm') } }],
    });
    const container = step().templates[0]?.container;

    expect(await ask(stored({ container, inputs: artifact(CacheOwner.reviewed) }))).toBe('admitted');
    expect(await ask(stored({ container, outputs: artifact(CacheOwner.self) }))).toBe('admitted');
    expect(await ask(stored({ container, outputs: artifact(CacheOwner.reviewed) }))).toContain(
      'S3Artifact.key must be',
    );
  });

  test.each([
    ['a label of ours', { labels: { [Label.run]: 'abc' } }, 'set by Seakeeper only'],
    ['an annotation of ours', { annotations: { [Annotation.reported]: 'Succeeded' } }, 'set by Seakeeper only'],
    ['a label that hides it', { labels: { 'workflows.argoproj.io/completed': 'true' } }, 'steer Argo'],
    ['an annotation that steers Argo', { annotations: { 'workflows.argoproj.io/pod-gc-strategy': 'x' } }, 'steer Argo'],
    ['a finalizer', { finalizers: ['example.org/for-ever'] }, 'leave them as they are'],
    ['the name of a run', { name: 'demo-7-2-check-abcdefghij23' }, 'hash of a run'],
    ['a name that begins with that of a run', { name: 'demo-7-2-check-abcdefghij23-x' }, 'hash of a run'],
  ])('has not %s', async (_, metadata, words) => {
    expect(await ask(workflow(step(), metadata))).toContain(words);
  });

  test('has labels and annotations of its own', async () => {
    const metadata = {
      labels: { 'project.seakeeper.wikimedia.org/team': 'search', 'workflows.argoproj.io/creator': 'alice' },
      annotations: { 'workflows.argoproj.io/title': 'A title' },
    };

    expect(await ask(workflow(step(), metadata))).toBe('admitted');
  });
});

describe('what is there already', () => {
  const RUN = { [Label.run]: 'abc', [Label.pipeline]: 'check' };
  const change = async (caller: Caller, name: string, patch: object): Promise<string> => {
    try {
      await (await server.as(caller)).patch(`${WORKFLOWS}/${name}`, 'merge', patch);
      return 'admitted';
    } catch (error) {
      if (error instanceof KubeError) return error.message;
      throw error;
    }
  };
  const made = async (name: string, labels: object): Promise<string> => {
    const status = { phase: 'Failed', nodes: { one: { phase: 'Failed' } } };
    await (await server.as('admin')).create(WORKFLOWS, workflow(step(), { name, labels }, { status }));
    return name;
  };

  test.each([
    ['a run of ours', 'ours', RUN],
    ['what was submitted by hand', 'theirs', {}],
  ])('%s: an owner stops or terminates it, and changes nothing else', async (_, name, labels) => {
    await made(name, labels);

    expect(await change('owner', name, { spec: { shutdown: 'Stop' } })).toBe('admitted');
    expect(await change('owner', name, { spec: { shutdown: 'Terminate' } })).toBe('admitted');
    expect(await change('owner', name, { spec: { shutdown: null } })).toContain('may be stopped or terminated');
    expect(await change('owner', name, { spec: { hostNetwork: true } })).toContain('may be stopped or terminated');
    expect(await change('owner', name, { spec: { ttlStrategy: { secondsAfterCompletion: 1 } } })).toContain(
      'may be stopped',
    );
    expect(
      await change('owner', name, { metadata: { labels: { 'workflows.argoproj.io/completed': 'true' } } }),
    ).toContain('steer Argo');
    expect(await change('owner', name, { metadata: { finalizers: ['example.org/x'] } })).toContain(
      'leave them as they are',
    );
  });

  test("its status is Argo's, whoever asks: what `argo retry` would write is refused with the cure", async () => {
    const name = await made('retried', RUN);
    const retry = {
      metadata: { labels: { 'workflows.argoproj.io/completed': null } },
      status: { phase: 'Running', nodes: {} },
    };

    expect(await change('owner', name, retry)).toContain("comment 'recheck' on the change");
    expect(await change('trigger', name, { status: { phase: 'Succeeded' } })).toContain("Argo's to write");
    expect(await change('reporter', name, { status: { phase: 'Succeeded' } })).toContain("Argo's to write");
    expect(await change('workflowController', name, { status: { phase: 'Succeeded' } })).toBe('admitted');
  });

  test('our services change what is theirs of it', async () => {
    const name = await made('kept', RUN);
    const reported = { metadata: { annotations: { [Annotation.reported]: 'Failed' } } };

    expect(await change('reporter', name, { ...reported, spec: { ttlStrategy: { secondsAfterCompletion: 60 } } })).toBe(
      'admitted',
    );
    expect(await change('trigger', name, { spec: { shutdown: 'Terminate' } })).toBe('admitted');
    expect(await change('provisioner', name, { spec: { shutdown: 'Terminate' } })).toBe('admitted');
    expect(await change('trigger', name, { spec: { entrypoint: 'other' } })).toContain('may be stopped or terminated');
  });
});

describe("Argo's kinds", () => {
  const kind = (name: string, namespace: string) => ({
    apiVersion: ARGO,
    kind: name,
    metadata: { name: 'x', namespace },
    spec: step(),
  });

  test.each(['WorkflowTemplate', 'CronWorkflow', 'WorkflowEventBinding'])(
    '%s is nowhere: pipelines start runs',
    async (name) => {
      expect(await ask(kind(name, NAMESPACE))).toContain('runs are started by pipelines');
      expect(await ask(kind(name, 'argo-system'))).toContain('runs are started by pipelines');
    },
  );

  test.each(['EventSource', 'Sensor', 'EventBus'])('%s is in the namespace of the gateway only', async (name) => {
    expect(await ask(kind(name, NAMESPACE))).toContain('gerrit-gateway only');
    expect(await ask(kind(name, 'argo-system'))).toContain('gerrit-gateway only');
    expect(await ask(kind(name, 'gerrit-gateway'))).toBe('admitted');
  });

  test('a Workflow is in a namespace of a project only, whoever asks', async () => {
    for (const namespace of ['argo-system', 'gerrit-gateway', 'default']) {
      expect(await ask(kind('Workflow', namespace))).toContain('namespaces of projects only');
      expect(await ask(kind('Workflow', namespace), 'trigger')).toContain('namespaces of projects only');
    }
  });
});

describe('a task result', () => {
  const GATE = 'demo-7-2-gate-abcdefghij23';
  const CHECK = 'demo-8-1-check-23abcdefghij';
  const Created = z.object({ metadata: z.object({ uid: z.string() }) });

  /** A client with the token that the pod of a run finds in itself. */
  const podOf = async (run: string, account: string, name = `${run}-main-1234567`) => {
    const pod = Created.parse(
      await (await server.as('admin')).create(kindPath('Pod', NAMESPACE), {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name, labels: { 'workflows.argoproj.io/workflow': run } },
        spec: { serviceAccountName: account, containers: [{ name: 'main', image: 'x' }] },
      }),
    );
    const token = await server.token({ namespace: NAMESPACE, name: account }, { name, uid: pod.metadata.uid });
    return server.withToken(token);
  };
  const result = (run: string, node: string, phase: string) => ({
    apiVersion: ARGO,
    kind: 'WorkflowTaskResult',
    metadata: { name: `${run}-${node}`, labels: { 'workflows.argoproj.io/workflow': run } },
    phase,
  });
  const RESULTS = kindPath('WorkflowTaskResult', NAMESPACE);
  const refused = /a task result is written by the pod of its own task only/;

  test('of a live gate run cannot be written by the pod of a hostile check run beside it, and by its own pod can', async () => {
    const gate = await podOf(GATE, 'runner-post-review');
    const hostile = await podOf(CHECK, 'runner-pre-review');

    await expect(hostile.create(RESULTS, result(GATE, '1234567', 'Succeeded'))).rejects.toThrow(refused);
    await gate.create(RESULTS, result(GATE, '1234567', 'Failed'));
    for (const phase of ['Succeeded', 'Failed']) {
      await expect(hostile.patch(`${RESULTS}/${GATE}-1234567`, 'merge', { phase })).rejects.toThrow(refused);
    }
    // Nor by saying that the result is of its own run, nor by taking the label from it.
    for (const label of [CHECK, '', null]) {
      const labelled = { metadata: { labels: { 'workflows.argoproj.io/workflow': label } }, phase: 'Succeeded' };
      await expect(hostile.patch(`${RESULTS}/${GATE}-1234567`, 'merge', labelled)).rejects.toThrow(refused);
    }
    await gate.patch(`${RESULTS}/${GATE}-1234567`, 'merge', { phase: 'Succeeded' });
    await hostile.create(RESULTS, result(CHECK, '1234567', 'Succeeded'));
    // Another task of its own run.
    await expect(hostile.create(RESULTS, result(CHECK, '7654321', 'Succeeded'))).rejects.toThrow(refused);
  });

  test('is not written with the token of a runner account that is tied to no pod', async () => {
    const loose = server.withToken(await server.token({ namespace: NAMESPACE, name: 'runner-post-review' }));

    await expect(loose.create(RESULTS, result(GATE, '99', 'Succeeded'))).rejects.toThrow(refused);
  });
});

describe('a namespace', () => {
  const named = (name: string, labels: object = {}, annotations: object = {}) => ({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name, labels, annotations },
  });
  const PROJECT = { [Label.purpose]: 'project', 'pod-security.kubernetes.io/enforce': 'restricted' };
  const patch = async (caller: Caller, name: string, metadata: object) =>
    (await server.as(caller)).patch(`/api/v1/namespaces/${name}`, 'merge', { metadata }).then(
      () => 'admitted',
      (error) => String(error),
    );

  test('of a project is made by the provisioner only, and by it no other', async () => {
    const project = named('ci-other', PROJECT, { [Annotation.project]: 'other' });
    const only = 'by the provisioner only';

    expect(await ask(project, 'provisioner')).toBe('admitted');
    expect(await ask(project)).toContain(only);
    expect(await ask(named('ci-other'))).toContain(only);
    expect(await ask(named('other', { [Label.purpose]: 'project' }))).toContain(only);
    expect(await ask(named('other'))).toBe('admitted');
    expect(await ask(named('ci-other'), 'provisioner')).toContain('restricted only');
  });

  test('of a project keeps its labels and its Pod Security', async () => {
    for (const labels of [
      { [Label.purpose]: null },
      { [Label.visibility]: 'private' },
      { 'pod-security.kubernetes.io/enforce': 'privileged' },
    ]) {
      expect(await patch('owner', NAMESPACE, { labels })).toContain('by the provisioner only');
    }
    expect(await patch('owner', NAMESPACE, { annotations: { [Annotation.project]: 'other' } })).toContain(
      'by the provisioner only',
    );
    expect(await patch('owner', NAMESPACE, { labels: { 'example.org/cost-centre': '7' } })).toBe('admitted');
  });

  test('that the provisioner did not make is never adopted by it', async () => {
    await (await server.as('admin')).create('/api/v1/namespaces', named('ci-somebodys'));

    const adopted = { labels: PROJECT, annotations: { [Annotation.project]: 'somebodys' } };
    expect(await patch('provisioner', 'ci-somebodys', adopted)).toContain('adopts no namespace');
  });

  test('of a project is deleted by nobody else', async () => {
    await expect((await server.as('owner')).delete(`/api/v1/namespaces/${NAMESPACE}`)).rejects.toThrow(
      /by the provisioner only/,
    );
  });
});

describe('a binding in a project', () => {
  const binding = (role: string, subjects: readonly object[], kind = 'ClusterRole') => ({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name: 'x', namespace: NAMESPACE },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind, name: role },
    subjects,
  });
  const rbac = { apiGroup: 'rbac.authorization.k8s.io' };
  const alice = { ...rbac, kind: 'User', name: 'alice' };
  const account = ({ namespace, name }: { namespace: string; name: string }) => ({
    kind: 'ServiceAccount',
    namespace,
    name,
  });
  const runner = account({ namespace: NAMESPACE, name: 'runner-pre-review' });

  test.each([
    ['an owner', binding(ProjectRole.owner, [alice])],
    ['nobody yet', binding(ProjectRole.contributor, [])],
    ['a group of the identity provider', binding(ProjectRole.owner, [{ ...rbac, kind: 'Group', name: 'ldap/search' }])],
    ['the runners', binding(ProjectRole.runner, [runner])],
    ['the trigger', binding(ProjectRole.trigger, [account(ServiceAccounts.trigger)])],
  ])('to %s is the provisioner’s to make, and nobody else’s', async (_, object) => {
    expect(await ask(object, 'provisioner')).toBe('admitted');
    expect(await ask(object)).toContain('follows from its Project');
  });

  test.each([
    ['to a role that is not ours', binding('cluster-admin', [alice])],
    ['to a Role of the namespace', binding('x', [alice], 'Role')],
    ['of everybody', binding(ProjectRole.contributor, [{ ...rbac, kind: 'Group', name: 'system:authenticated' }])],
    ['of a system user', binding(ProjectRole.owner, [{ ...rbac, kind: 'User', name: 'system:anonymous' }])],
    ['of a person to what a service may', binding(ProjectRole.workflowRunner, [alice])],
    ['of a runner to what an owner may', binding(ProjectRole.owner, [runner])],
    [
      'of another project’s runner',
      binding(ProjectRole.runner, [account({ namespace: 'ci-x', name: 'runner-pre-review' })]),
    ],
  ])('%s is refused even from the provisioner', async (_, object) => {
    expect(await ask(object, 'provisioner')).toMatch(/denied request/);
  });
});
