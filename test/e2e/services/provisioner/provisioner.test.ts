import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { GUARD_FINALIZER, PROJECTS_PATH, ProvisionerObject } from '../../../../core/project';
import { namespaceForProject, projectObjectName } from '../../../../core/project-name';
import { ProvisionerConfig } from '../../../../core/service-config';
import { type ApiServerFixture, startApiServer } from '../../../../local/cluster/api-server-alone';
import { startProvisioner } from '../../../../services/provisioner/provisioner';
import { MinioStore } from '../../../../services/provisioner/store/minio-store';
import { Readiness } from '../../../../services/shared/health-server';
import { KubeClient } from '../../../../services/shared/kube-client';
import { createLogger } from '../../../../services/shared/log';
import { find as findObject, installGround, Projects } from '../../support/provisioner-ground';
import { type StoreFixture, startStore, storeKeyOf } from '../../support/store';
import { until } from '../../support/until';

jest.setTimeout(120_000);

let server: ApiServerFixture;
let store: StoreFixture;
let kube: KubeClient;
let projects: Projects;
let config: ProvisionerConfig;
let stop: () => Promise<void>;
const stopping = new AbortController();

beforeAll(async () => {
  [server, store] = await Promise.all([
    startApiServer({
      controllers: ['namespace-controller', 'serviceaccount-controller', 'root-ca-certificate-publisher-controller'],
    }),
    startStore(),
  ]);
  kube = new KubeClient(server.config());
  projects = new Projects(kube);
  await installGround(kube);
  const limits = { pods: 10, cpu: '4', memory: '8Gi', maxContainerCpu: '2', maxContainerMemory: '4Gi' };
  config = ProvisionerConfig.parse({
    network: {
      clusterCidrs: ['10.244.0.0/16'],
      holes: [{ name: 'dns', to: { kind: 'cidr', cidrs: ['10.96.0.10/32'] }, ports: [{ protocol: 'UDP', port: 53 }] }],
    },
    classes: { default: limits },
    store: { endpoint: store.endpoint, insecure: true, bucket: store.bucket },
    retirement: { drainMinutes: 0, retentionDays: 0 },
  });
  const accounts = new MinioStore(config.store, () => store.admin);
  stop = startProvisioner({
    config,
    kube,
    store: accounts,
    log: createLogger('provisioner'),
    readiness: new Readiness(),
    signal: stopping.signal,
  });
}, 900_000);

afterAll(async () => {
  stopping.abort();
  await stop?.();
  await store?.stop();
  await server?.stop();
});

const find = (path: string) => findObject(kube, path);

describe('a Project', () => {
  test('becomes a namespace in which a pod can start, and says so with the generation it looked at', async () => {
    const namespace = await projects.ready('e2e/made');

    const project = await projects.untilReason(projectObjectName('e2e/made'), 'Provisioned');
    expect(project.status).toMatchObject({
      namespace,
      conditions: [{ type: 'Ready', status: 'True', observedGeneration: 1 }],
    });
    for (const path of ['serviceaccounts/runner-pre-review', 'configmaps/kube-root-ca.crt', 'secrets/artifact-store']) {
      expect(await find(`/api/v1/namespaces/${namespace}/${path}`)).toBeDefined();
    }
  });

  test('keeps its store key for good', async () => {
    const namespace = await projects.ready('e2e/key');
    const before = await storeKeyOf(kube, namespace);

    await kube.patch(`${PROJECTS_PATH}/${projectObjectName('e2e/key')}`, 'merge', {
      spec: { contributors: ['grace'] },
    });
    await until('the change is applied', async () =>
      JSON.stringify(
        await kube.get(`/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}/rolebindings/contributors`),
      ).includes('grace'),
    );

    expect(await storeKeyOf(kube, namespace)).toEqual(before);
  });

  test('of the wrong name is refused, with the right one in its condition', async () => {
    await projects.create('e2e/named', 'some-name');

    const project = await projects.untilReason('some-name', 'WrongName');

    expect(project.status?.conditions[0]?.message).toContain(projectObjectName('e2e/named'));
    expect(await find(`/api/v1/namespaces/${namespaceForProject('e2e/named')}`)).toBeUndefined();
  });

  test('that is deleted has its namespace deleted and its key taken from the store', async () => {
    const namespace = await projects.ready('e2e/retired');
    const client = store.client(await storeKeyOf(kube, namespace));
    await put(client, `${namespace}/x`);

    await projects.delete('e2e/retired');

    await until('its namespace is gone', async () => (await find(`/api/v1/namespaces/${namespace}`)) === undefined);
    await expect(put(client, `${namespace}/x`)).rejects.toMatchObject({ name: 'InvalidAccessKeyId' });
  });
});

const put = (client: S3Client, key: string) =>
  client.send(new PutObjectCommand({ Bucket: store.bucket, Key: key, Body: key }));
const read = async (client: S3Client, key: string) =>
  (await client.send(new GetObjectCommand({ Bucket: store.bucket, Key: key }))).Body?.transformToString();
const list = (client: S3Client, prefix: string) =>
  client.send(new ListObjectsV2Command({ Bucket: store.bucket, Prefix: prefix }));

describe("a project's store key", () => {
  const names = ['e2e/mine', 'e2e/yours'];
  let mine: { namespace: string; client: S3Client };
  let yours: { namespace: string; client: S3Client };

  beforeAll(async () => {
    const open = async (namespace: string) => ({ namespace, client: store.client(await storeKeyOf(kube, namespace)) });
    const [first = '', second = ''] = await Promise.all(names.map((name) => projects.ready(name)));
    [mine, yours] = [await open(first), await open(second)];
    await put(mine.client, `${mine.namespace}/run/pod/report.txt`);
    await put(yours.client, `${yours.namespace}/run/pod/report.txt`);
  });

  test('writes, reads and lists under its own prefix', async () => {
    const key = `${mine.namespace}/run/pod/report.txt`;

    expect(await read(mine.client, key)).toBe(key);
    expect((await list(mine.client, `${mine.namespace}/`)).KeyCount).toBe(1);
  });

  test("reads, lists and writes nothing under another project's", async () => {
    const denied = { name: 'AccessDenied' };

    await expect(read(mine.client, `${yours.namespace}/run/pod/report.txt`)).rejects.toMatchObject(denied);
    await expect(put(mine.client, `${yours.namespace}/run/pod/report.txt`)).rejects.toMatchObject(denied);
    await expect(put(mine.client, `${mine.namespace}-more/x`)).rejects.toMatchObject(denied);
    await expect(list(mine.client, `${yours.namespace}/`)).rejects.toMatchObject(denied);
    await expect(list(mine.client, '')).rejects.toMatchObject(denied);
    await expect(list(mine.client, mine.namespace)).rejects.toMatchObject(denied);
  });
});

describe('the provisioner', () => {
  const CONFIG_MAPS = '/api/v1/namespaces/seakeeper-system/configmaps';

  test('brings a changed quota into force at once, without being started anew', async () => {
    const namespace = await projects.ready('e2e/quota');
    const changed = { ...config, classes: { default: { ...config.classes['default'], pods: 77 } } };

    await kube.create(CONFIG_MAPS, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: ProvisionerObject.config },
      data: { 'config.json': JSON.stringify(changed) },
    });

    await until('the quota is the new one', async () =>
      JSON.stringify(await kube.get(`/api/v1/namespaces/${namespace}/resourcequotas/compute`)).includes('"pods":"77"'),
    );
  });

  // Last of all: nothing is left after it.
  test('retires every Project before its guard goes, whoever made them', async () => {
    const namespace = await projects.ready('e2e/last');
    await kube.create(CONFIG_MAPS, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: ProvisionerObject.guard, finalizers: [GUARD_FINALIZER] },
    });

    await kube.delete(`${CONFIG_MAPS}/${ProvisionerObject.guard}`);

    await until(
      'the guard is gone',
      async () => (await find(`${CONFIG_MAPS}/${ProvisionerObject.guard}`)) === undefined,
    );
    expect(await kube.get(PROJECTS_PATH)).toMatchObject({ items: [] });
    expect(await find(`/api/v1/namespaces/${namespace}`)).toBeUndefined();
  });
});
