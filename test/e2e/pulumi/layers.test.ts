import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { type ApiServerFixture, startApiServer } from '../../../local/cluster/api-server-alone';
import { signClientCertificate } from '../../../local/cluster/pki';
import { ScratchStack } from '../../../local/pulumi/scratch-stack';
import { KubeClient } from '../../../services/shared/kube-client';
import type { Layer } from '../../../stacks/config/schema';
import { SECRET_KEYS } from '../../../stacks/config/secrets';
import { MINIMAL } from '../../stacks/stack-config';

jest.setTimeout(180_000);

/** Today's, which waits for nothing: there are no nodes here. */
const PROGRAM = 'bench/preview/unattended-program.ts';
/** Changes every object. */
const NEXT_RELEASE = 'test/e2e/pulumi/next-release-program.ts';
const NODES = ['ci-node1', 'ci-node2'];
const UP = ['up', '--yes', '--skip-preview'];
const RBAC = '/apis/rbac.authorization.k8s.io/v1';
const PROVISIONER_ROLE = `${RBAC}/clusterroles/seakeeper-provisioner`;
/** One of each kind of the foundation that may go for a moment. */
const LOST = [
  PROVISIONER_ROLE,
  `${RBAC}/clusterrolebindings/seakeeper-provisioner`,
  `${RBAC}/namespaces/gerrit-gateway/roles/argo-events-controller`,
  `${RBAC}/namespaces/gerrit-gateway/rolebindings/argo-events-controller`,
  `${RBAC}/namespaces/argo-system/rolebindings/seakeeper-releng`,
  '/apis/scheduling.k8s.io/v1/priorityclasses/seakeeper-pre-review',
  '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies/seakeeper-task-results',
  '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings/seakeeper-task-results',
  '/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas/seakeeper-provisioner',
  '/apis/networking.k8s.io/v1/namespaces/artifacts/networkpolicies/deny-ingress',
  '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/cronworkflows.argoproj.io',
  '/apis/apps/v1/namespaces/seakeeper-system/deployments/provisioner',
  '/api/v1/namespaces/seakeeper-system/secrets/provisioner-secrets',
];

type Person = 'admin' | 'serviceops' | 'releng';

let server: ApiServerFixture;
let folder: string;
/** Each team's stack; both in one backend, so that one can look at what the other promises. */
let foundation: ScratchStack;
let system: ScratchStack;
let kube: KubeClient;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'seakeeper-layers-'));
  foundation = new ScratchStack(folder, 'foundation');
  system = new ScratchStack(folder, 'system');
  // It makes the authority that the API server is to trust.
  await signClientCertificate(folder, 'nobody', new Date());
  server = await startApiServer({ serverFlags: [`--client-ca-file=${join(folder, 'cluster-ca.crt')}`] });
  kube = new KubeClient(server.config());
  for (const name of NODES) {
    await kube.create('/api/v1/nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name } });
  }
  await kube.create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'elsewhere' } });
  await use(foundation, ['foundation'], 'admin', PROGRAM);
  // Somebody who administers the cluster deploys it first: nobody is in a group that may, before.
  await foundation.run(...UP);
}, 900_000);

afterAll(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

test('RelEng are refused the foundation, and told what', async () => {
  await use(foundation, ['foundation'], 'releng', NEXT_RELEASE);

  const { code, output } = await foundation.attempt(...UP);

  expect(code).not.toBe(0);
  expect(output).toContain('User "a-releng" cannot patch resource "customresourcedefinitions"');
  expect(await isOfNextRelease(PROVISIONER_ROLE)).toBe(false);
});

test('ServiceOps deploy the foundation: a change of every object, and each kind anew', async () => {
  await use(foundation, ['foundation'], 'serviceops', NEXT_RELEASE);
  await foundation.run(...UP);
  for (const path of LOST) await kube.delete(path);

  // A refresh asks with the kubeconfig that the state holds: that of the last who deployed.
  await foundation.run(...UP, '--refresh');

  for (const path of [...LOST, `/api/v1/nodes/${NODES[0]}`, '/api/v1/namespaces/artifacts']) {
    expect([path, await isOfNextRelease(path)]).toEqual([path, true]);
  }
});

test('ServiceOps are refused the system, and told what', async () => {
  await use(system, ['system'], 'serviceops', PROGRAM);

  const { code, output } = await system.attempt('up', '--yes');

  expect(code).not.toBe(0);
  expect(output).toMatch(
    /forbidden: User "a-serviceops" cannot patch resource "deployments".* in the namespace "argo-system"/,
  );
  expect(await exists('/apis/apps/v1/namespaces/argo-system/deployments/workflow-controller')).toBe(false);
});

test('RelEng deploy the system', async () => {
  await use(system, ['system'], 'releng', PROGRAM);

  await system.run(...UP);

  expect(await exists('/apis/apps/v1/namespaces/argo-system/deployments/workflow-controller')).toBe(true);
  expect(await exists('/apis/seakeeper.wikimedia.org/v1alpha1/projects/mediawiki-core-vkolnb3lr7')).toBe(true);
});

test('ServiceOps deploy the ui', async () => {
  await use(foundation, ['foundation', 'ui'], 'serviceops', NEXT_RELEASE);

  await foundation.run(...UP);

  expect(await isOfNextRelease(STATUS)).toBe(true);
});

test('RelEng are refused a change of the ui, and told what', async () => {
  const before = await kube.get(STATUS);
  await use(foundation, ['foundation', 'ui'], 'releng', NEXT_RELEASE, { uiReplicas: 5 });

  const { code, output } = await foundation.attempt(...UP);

  expect(code).not.toBe(0);
  expect(output).toMatch(/User "a-releng" cannot patch resource "deployments".* in the namespace "argo-ui"/);
  expect(await kube.get(STATUS)).toEqual(before);
});

describe('ServiceOps, who write roles', () => {
  const role = (name: string, verbs: readonly string[]) => ({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name },
    rules: [{ apiGroups: [''], resources: ['pods'], verbs }],
  });
  const ROLES = `${RBAC}/clusterroles`;

  test('may change those of the system, which can more than they', async () => {
    const person = await client('serviceops');
    expect(await person.create(ROLES, role('seakeeper-something', ['create']))).toMatchObject({ kind: 'ClusterRole' });
  });

  test.each([
    ['another', role('somebody-elses', ['get']), "names begin with 'seakeeper-'"],
    ['one that says *', role('seakeeper-all', ['*']), "neither '*' nor 'impersonate'"],
  ])('may not make %s', async (_what, body, words) => {
    const person = await client('serviceops');
    await expect(person.create(ROLES, body)).rejects.toThrow(words);
  });

  test('may not bind the role of the administrators', async () => {
    const person = await client('serviceops');
    await expect(
      person.create('/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'ClusterRoleBinding',
        metadata: { name: 'seakeeper-admin' },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
        subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'a-serviceops' }],
      }),
    ).rejects.toThrow("bind ClusterRoles whose name begins with 'seakeeper-'");
  });

  test.each([
    ['a definition', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/sensors.argoproj.io', true],
    ['a namespace', '/api/v1/namespaces/elsewhere', false],
    ['a role', `${ROLES}/view`, false],
  ])('delete %s only if it is ours', async (_what, path, allowed) => {
    const person = await client('serviceops');
    const deletion = person.delete(path, { dryRun: ['All'] });
    await (allowed ? deletion : expect(deletion).rejects.toThrow('ask an administrator of the cluster'));
  });
});

const STATUS = '/apis/apps/v1/namespaces/argo-ui/deployments/status';

const isOfNextRelease = async (path: string): Promise<boolean> =>
  JSON.stringify(await kube.get(path)).includes('"example.org/release":"next"');

const exists = (path: string): Promise<boolean> =>
  kube.get(path).then(
    () => true,
    () => false,
  );

async function use(
  stack: ScratchStack,
  layers: readonly Layer[],
  person: Person,
  program: string,
  sizes: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  const config = {
    ...MINIMAL,
    system: { ...MINIMAL.system, ...sizes },
    layers,
    layerStacks: {
      foundation: 'organization/seakeeper/foundation',
      system: 'organization/seakeeper/system',
    },
    access: { releng: ['releng'], serviceops: ['serviceops'] },
    machines: NODES.map((name) => ({ name, cpu: 64, memory: '256Gi', disk: '1Ti', pool: 'system' })),
  };
  await stack.use({
    program,
    config: { ...prefixed(config), 'kubernetes:kubeconfig': await kubeconfig(person) },
    secrets: prefixed(Object.fromEntries(SECRET_KEYS.map((key) => [key, `SECRET-${key}`]))),
  });
}

const prefixed = <T>(config: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(Object.entries(config).map(([key, value]) => [`seakeeper:${key}`, value]));

/** Path of a person's kubeconfig: a client certificate that says their name and their group. */
async function kubeconfig(person: Person): Promise<string> {
  if (person === 'admin') return server.kubeconfig;
  const cluster = server.config().getCurrentCluster();
  if (cluster === null) throw new Error('the kubeconfig of the API server names no cluster');
  const { certificate, key } = await signClientCertificate(folder, `a-${person}`, new Date(), person);
  const [certData, keyData] = [certificate, key].map((pem) => Buffer.from(pem).toString('base64'));
  const config = new KubeConfig();
  config.loadFromOptions({
    clusters: [cluster],
    users: [{ name: person, certData, keyData }],
    contexts: [{ name: person, cluster: cluster.name, user: person }],
    currentContext: person,
  });
  const path = join(folder, `${person}.kubeconfig`);
  writeFileSync(path, config.exportConfig(), { mode: 0o600 });
  return path;
}

async function client(person: Person): Promise<KubeClient> {
  const config = new KubeConfig();
  config.loadFromFile(await kubeconfig(person));
  return new KubeClient(config);
}
