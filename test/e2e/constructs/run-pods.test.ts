import { type KubernetesObject, KubernetesObjectApi } from '@kubernetes/client-node';
import { App } from 'cdk8s';
import { TenantAdmissionChart } from '../../../constructs/tenant-admission-chart';
import { PriorityClass } from '../../../core/access';
import { Label } from '../../../core/labels';
import { runPlacement } from '../../../core/placement';
import { CRITICAL_ADDONS_TAINT, POOL_LABEL, POOL_TAINT, POOLS } from '../../../core/pool';
import { PRIORITY_CLASSES } from '../../../infra/capacity/priority-classes';
import { type ApiServerFixture, startApiServer } from '../../../local/cluster/api-server-alone';
import { KubeClient } from '../../../services/shared/kube-client';
import { until } from '../support/until';

jest.setTimeout(180_000);

const NAMESPACE = 'ci-run-pods';
const POLICY = 'seakeeper-run-pods';
const POLICIES = [POLICY, 'seakeeper-no-debug-containers'];

let server: ApiServerFixture;
let admin: KubernetesObjectApi;
let tenant: KubernetesObjectApi;

beforeAll(async () => {
  server = await startApiServer({ controllers: [] });
  admin = KubernetesObjectApi.makeApiClient(server.config());
  const create = (object: KubernetesObject) => admin.create(object);
  await create({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: NAMESPACE, labels: { [Label.purpose]: 'project' } },
  });
  for (const name of ['default', 'runner-pre-review', 'runner-post-review']) {
    await create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace: NAMESPACE } });
  }
  await create({
    apiVersion: 'node.k8s.io/v1',
    kind: 'RuntimeClass',
    metadata: { name: 'other' },
    handler: 'other',
  } as KubernetesObject);
  for (const { name, value } of PRIORITY_CLASSES) {
    await create({
      apiVersion: 'scheduling.k8s.io/v1',
      kind: 'PriorityClass',
      metadata: { name },
      value,
    } as KubernetesObject);
  }
  await create({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: 'limited' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: [{ kind: 'User', name: 'limited', apiGroup: 'rbac.authorization.k8s.io' }],
  } as KubernetesObject);
  for (const object of new TenantAdmissionChart(new App(), 'admission').toJson()) {
    if (POLICIES.includes(object.metadata.name)) await create(object);
  }
  const config = server.config();
  config.loadFromFile(server.kubeconfigFor('limited'));
  tenant = KubernetesObjectApi.makeApiClient(config);
  await until(
    'the policy is in force',
    async () => (await ask({ priorityClassName: PriorityClass.system })) !== 'admitted',
  );
});

afterAll(() => server?.stop());

/** What a controller that makes a tenant's pod is told. Nothing is kept. */
async function ask(spec: object): Promise<string> {
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { generateName: 'pod-', namespace: NAMESPACE },
    spec: { serviceAccountName: 'runner-pre-review', containers: [{ name: 'main', image: 'x' }], ...spec },
  };
  try {
    await tenant.create(pod as KubernetesObject, undefined, 'All');
    return 'admitted';
  } catch (error) {
    return String(error);
  }
}

const TOKEN = {
  name: 'kube-api-access-x7x7x',
  projected: { sources: [{ serviceAccountToken: { path: 'token', expirationSeconds: 3607 } }] },
};
const STORE_KEY = { name: 'store', secret: { secretName: 'artifact-store' } };
const mounting = (name: string) => ({ name, image: 'x', volumeMounts: [{ name: 'store', mountPath: '/key' }] });
const towards = (expression: object) => ({
  nodeAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [expression] }] },
  },
});

const REVIEWED = { serviceAccountName: 'runner-post-review', priorityClassName: PriorityClass['post-review'] };

describe('a pod of a project', () => {
  test.each([
    [
      'of a run of unreviewed code',
      { priorityClassName: PriorityClass['pre-review'], ...runPlacement('check', POOLS) },
    ],
    ['of a run of reviewed code', { ...REVIEWED, ...runPlacement('gate', POOLS) }],
    ['of a class with a pool of its own', { ...runPlacement('security', POOLS) }],
    ['that says nothing', {}],
    ['with the token of its account, as the API server adds it', { volumes: [TOKEN] }],
    [
      'with the key to the artifact store in the containers of Argo',
      {
        volumes: [STORE_KEY],
        initContainers: [mounting('init')],
        containers: [mounting('wait'), { name: 'main', image: 'x' }],
      },
    ],
  ])('%s is admitted', async (_, spec) => {
    expect(await ask(spec)).toBe('admitted');
  });

  test.each([
    ['outranks its trust', { priorityClassName: PriorityClass['post-review'] }, 'priority'],
    ['outranks the system', { ...REVIEWED, priorityClassName: PriorityClass.system }, 'priority'],
    ['enters the gate', { ...runPlacement('gate', POOLS) }, 'tolerate'],
    ['enters system nodes', { tolerations: [{ key: CRITICAL_ADDONS_TAINT, operator: 'Exists' }] }, 'tolerate'],
    ['enters every node', { tolerations: [{ operator: 'Exists' }] }, 'tolerate'],
    ['enters every pool', { tolerations: [{ key: POOL_TAINT, operator: 'Exists' }] }, 'tolerate'],
    ['enters nodes that just joined', { tolerations: [{ key: POOL_TAINT, value: 'unassigned' }] }, 'tolerate'],
  ])('that %s is refused, with the cure', async (_, spec, word) => {
    expect(await ask(spec)).toMatch(new RegExp(`${POLICY}.*${word}.*leave`, 's'));
  });

  test.each([
    ['acts as another account', { serviceAccountName: 'default' }, 'act as runner'],
    ['names its node', { nodeName: 'node-1' }, 'name no node'],
    ['selects its nodes', { nodeSelector: { 'kubernetes.io/hostname': 'node-1' } }, 'name no node'],
    ['has a scheduler of its own', { schedulerName: 'mine' }, 'name no node'],
    ['follows other pods', { affinity: { podAffinity: {} } }, 'drawn to pools only'],
    [
      'is drawn to system nodes',
      { affinity: towards({ key: POOL_LABEL, operator: 'In', values: ['system'] }) },
      'drawn to pools',
    ],
    [
      'is drawn to one node',
      { affinity: towards({ key: 'kubernetes.io/hostname', operator: 'In', values: ['a'] }) },
      'drawn to',
    ],
    ['redirects names', { hostAliases: [{ ip: '10.0.0.1', hostnames: ['gerrit'] }] }, 'resolved by the cluster'],
    ['asks another name server', { dnsConfig: { nameservers: ['10.0.0.1'] } }, 'resolved by the cluster'],
    ['resolves names as its node', { dnsPolicy: 'Default' }, 'resolved by the cluster'],
    ['has a runtime of its own', { runtimeClassName: 'other' }, 'handed out by administrators'],
    ['mounts a Secret', { volumes: [{ name: 'x', secret: { secretName: 'other' } }] }, 'remove other volumes'],
    ['mounts a ConfigMap', { volumes: [{ name: 'x', configMap: { name: 'other' } }] }, 'remove other volumes'],
    ['mounts a driver', { volumes: [{ name: 'x', csi: { driver: 'x' } }] }, 'remove other volumes'],
    [
      'has a token for somebody else',
      {
        volumes: [
          { ...TOKEN, projected: { sources: [{ serviceAccountToken: { path: 'token', audience: 'vault' } }] } },
        ],
      },
      'no other',
    ],
    ['has a token under another name', { volumes: [{ ...TOKEN, name: 'token' }] }, 'no other'],
    [
      'reads the key to the artifact store in a step',
      { volumes: [STORE_KEY], containers: [mounting('main')] },
      'own containers',
    ],
    [
      'reads a Secret as environment',
      { containers: [{ name: 'main', image: 'x', envFrom: [{ secretRef: { name: 'artifact-store' } }] }] },
      'declares no Secrets',
    ],
    [
      'reads a key as a variable',
      {
        containers: [
          {
            name: 'main',
            image: 'x',
            env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 'artifact-store', key: 'secretkey' } } }],
          },
        ],
      },
      'declares no Secrets',
    ],
  ])('that %s is refused', async (_, spec, words) => {
    expect(await ask(spec)).toMatch(new RegExp(`${POLICY}.*${words}`, 's'));
  });

  test('gets no container for debugging, in which Pod Security would be all there is', async () => {
    const pod = await admin.create({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'running', namespace: NAMESPACE },
      spec: { serviceAccountName: 'runner-pre-review', containers: [{ name: 'main', image: 'x' }] },
    } as KubernetesObject);
    const config = server.config();
    config.loadFromFile(server.kubeconfigFor('limited'));
    const debug = { spec: { ephemeralContainers: [{ name: 'debug', image: 'x' }] } };

    const path = `/api/v1/namespaces/${NAMESPACE}/pods/${pod.metadata?.name}/ephemeralcontainers?dryRun=All`;
    const kube = new KubeClient(config);
    const told = await until('the policy is in force', () =>
      kube.patch(path, 'merge', debug).then(
        () => false,
        (error) => String(error),
      ),
    );

    expect(told).toContain('nothing is added to a pod of a run');
    await kube.close();
  });
});
