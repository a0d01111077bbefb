import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ArgoWorkflow } from '../../../core/argo-workflow';
import { Annotation, DOMAIN } from '../../../core/labels';
import { PROJECTS_PATH } from '../../../core/project';
import { projectObjectName } from '../../../core/project-name';
import type { PushedPatchSet } from '../../../local/gerrit/gerrit-admin';
import { describeToolchain } from '../../../local/toolchain/toolchain';
import { KubeError } from '../../../services/shared/kube-client';
import { oneStep } from '../support/definitions';
import { personClient } from '../support/person';
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

jest.setTimeout(180_000);

const OWNER = 'olivia';
const run = promisify(execFile);

let system: System;
let folder: string;
let project: string;
let namespace: string;
let change: PushedPatchSet;
/** The run of that change: it failed. */
let ours: ArgoWorkflow;

beforeAll(async () => {
  system = await runningSystem();
  folder = mkdtempSync(join(tmpdir(), 'seakeeper-owner-'));
  const busybox = await localImage(system.kube, 'busybox');
  ({ project, namespace } = await makeProject(system, 'owners', oneStep(busybox, 'echo ours; exit 1')));
  await system.kube.patch(`${PROJECTS_PATH}/${projectObjectName(project)}`, 'merge', { spec: { owners: [OWNER] } });
  await personClient(OWNER, join(folder, 'kubeconfig'));
  writeFileSync(join(folder, 'quick.yaml'), oneStep(busybox, 'echo by hand'));
  writeFileSync(join(folder, 'slow.yaml'), oneStep(busybox, 'sleep 100'));
  change = await system.gerrit.pushChange({ project, subject: 'Fails', files: { 'file.txt': 'text\n' } });
  await waitForReports(system, change);
  const [failed] = await finishedRuns(system, change);
  if (failed === undefined) throw new Error(`change ${change.number} has no run`);
  ours = failed;
}, 50 * 60_000);

afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await removeProject(system, project);
  await system.gerrit.close();
});

/** A command line of theirs in the project's namespace; rejects with what it printed when it fails. */
async function terminal(binary: 'argo' | 'kubectl', ...args: readonly string[]): Promise<string> {
  const { stdout } = await run(describeToolchain().binary(binary), ['--namespace', namespace, ...args], {
    cwd: folder,
    env: { PATH: process.env['PATH'], HOME: folder, KUBECONFIG: join(folder, 'kubeconfig') },
  });
  return stdout.trim();
}

const argo = (...args: readonly string[]) => terminal('argo', ...args);
const kubectl = (...args: readonly string[]) => terminal('kubectl', ...args);
const submit = (file: 'quick.yaml' | 'slow.yaml', ...args: readonly string[]) =>
  argo('submit', file, '--output', 'name', ...args);
const phase = (name: string) => kubectl('get', 'workflow', name, '--output', 'jsonpath={.status.phase}');

describe('an owner at the terminal', () => {
  test('submits, waits, lists, reads logs and resubmits', async () => {
    const name = await submit('quick.yaml', '--wait');

    expect(await argo('list')).toContain(name);
    expect(await argo('list')).toContain(ours.metadata.name);
    expect(await argo('logs', name)).toContain('by hand');
    expect(await argo('logs', ours.metadata.name)).toContain('ours');
    expect(await phase(await argo('resubmit', name, '--output', 'name', '--wait'))).toBe('Succeeded');
  });

  test.each([
    ['stop', 'Failed'],
    ['terminate', 'Failed'],
  ])('can %s what runs', async (command, end) => {
    const name = await submit('slow.yaml');
    await until('it runs', async () => (await phase(name)) === 'Running');

    expect(await argo(command, name)).toMatch(/stopped|terminated/);

    await until('it ended', async () => (await phase(name)) === end);
  });

  test('looks at everything of a run with kubectl', async () => {
    const { name } = ours.metadata;
    const pod = await kubectl(
      'get',
      'pods',
      '--output',
      'name',
      '--selector',
      `workflows.argoproj.io/workflow=${name}`,
    );

    expect(await kubectl('describe', 'workflow', name)).toContain('Failed');
    expect(await kubectl('describe', pod)).toContain(name);
    expect(await kubectl('logs', pod, '--container', 'main')).toContain('ours');
    expect(await kubectl('get', 'resourcequota')).toContain('compute');
  });

  test('is told to comment recheck when they retry a run of a change', async () => {
    await expect(argo('retry', ours.metadata.name)).rejects.toThrow("comment 'recheck'");
    expect(await phase(ours.metadata.name)).toBe('Failed');
  });

  test('is told so too when they resubmit one: it would be taken for one of ours', async () => {
    await expect(argo('resubmit', ours.metadata.name)).rejects.toThrow("comment 'recheck'");
  });
});

describe('what an owner submits by hand', () => {
  test('never votes, reports or shows as a run of the change', async () => {
    const [reports, votes, runs] = await look();

    const name = await submit('quick.yaml', '--wait');
    await until('reporter and ledger had time for it', async () => {
      await new Promise((resolve) => setTimeout(resolve, 3000));
      return true;
    });

    expect(await look()).toEqual([reports, votes, runs]);
    const annotations = await kubectl('get', 'workflow', name, '--output', 'jsonpath={.metadata.annotations}');
    expect(annotations).not.toContain(Annotation.reported);
  });

  const look = async () => [
    await reportsOn(system, change),
    await system.gerrit.votes(change),
    (await workflowsOf(system, change)).map(({ metadata }) => metadata.name),
  ];

  test.each(['change=1', 'run=abc', 'pipeline=check'])('cannot carry label %s', async (label) => {
    await expect(submit('quick.yaml', '--labels', `${DOMAIN}/${label}`)).rejects.toThrow('set by Seakeeper only');
  });
});

describe('an owner cannot', () => {
  const manifest = (apiVersion: string, kind: string, rest: object) => ({
    apiVersion,
    kind,
    metadata: { name: 'tried' },
    ...rest,
  });
  const RBAC = 'rbac.authorization.k8s.io/v1';
  const reference = (name: string) => ({ apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name });

  test.each([
    [
      'make a pod',
      '/api/v1/namespaces/NS/pods',
      manifest('v1', 'Pod', { spec: { containers: [{ name: 'a', image: 'a' }] } }),
    ],
    [
      'bind a role',
      `/apis/${RBAC}/namespaces/NS/rolebindings`,
      manifest(RBAC, 'RoleBinding', { roleRef: reference('seakeeper-project-owner'), subjects: [] }),
    ],
    [
      'make a role',
      `/apis/${RBAC}/namespaces/NS/roles`,
      manifest(RBAC, 'Role', { rules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['get'] }] }),
    ],
    ['run anything in a pod', '/api/v1/namespaces/NS/pods/POD/exec?command=id&container=main&stdout=true', {}],
    ['attach to a pod', '/api/v1/namespaces/NS/pods/POD/attach?stdout=true', {}],
    [
      "ask for an account's token",
      '/api/v1/namespaces/NS/serviceaccounts/runner-post-review/token',
      manifest('authentication.k8s.io/v1', 'TokenRequest', { spec: {} }),
    ],
  ])('%s', async (_what, path, body) => {
    const person = await personClient(OWNER);
    const pod = (await kubectl('get', 'pods', '--output', 'name')).split('\n')[0]?.replace('pod/', '') ?? '';
    await expectForbidden(person.create(path.replace('NS', namespace).replace('POD', pod), body));
  });

  test.each([
    ['read the key to the store', '/api/v1/namespaces/NS/secrets/artifact-store'],
    ['list secrets', '/api/v1/namespaces/NS/secrets'],
    ["look at another project's runs", '/apis/argoproj.io/v1alpha1/namespaces/ci-demo/workflows'],
    ["look at everybody's", '/apis/argoproj.io/v1alpha1/workflows'],
    ['look into the system', '/api/v1/namespaces/gerrit-gateway/pods'],
    ["read the system's secrets", '/api/v1/namespaces/gerrit-gateway/secrets'],
    ['list namespaces', '/api/v1/namespaces'],
  ])('%s', async (_what, path) => {
    const person = await personClient(OWNER);
    await expectForbidden(person.get(path.replace('NS', namespace)));
  });

  test.each([
    ['bind', 'rbac.authorization.k8s.io', 'clusterroles'],
    ['bind', 'rbac.authorization.k8s.io', 'roles'],
    ['escalate', 'rbac.authorization.k8s.io', 'roles'],
    ['impersonate', '', 'serviceaccounts'],
  ])('%s %s/%s, asked for the verb alone', async (verb, group, resource) => {
    const person = await personClient(OWNER);
    const review = await person.create('/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: { resourceAttributes: { namespace, verb, group, resource } },
    });
    expect(review).toMatchObject({ status: { allowed: false } });
  });

  test('be somebody else', async () => {
    await expect(kubectl('get', 'pods', '--as=system:admin')).rejects.toThrow(/cannot impersonate resource "users"/);
    await expect(kubectl('get', 'pods', `--as=${OWNER}`, '--as-group=releng')).rejects.toThrow(/cannot impersonate/);
  });

  const expectForbidden = async (call: Promise<unknown>): Promise<void> => {
    const error = await call.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(KubeError);
    expect(error).toMatchObject({ status: 403 });
  };
});
