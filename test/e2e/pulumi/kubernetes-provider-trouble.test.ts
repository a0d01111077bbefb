import { setTimeout as sleep } from 'node:timers/promises';
import { AppsV1Api, CoreV1Api, RbacAuthorizationV1Api } from '@kubernetes/client-node';
import { type ApiServerFixture, startApiServer } from '../../../local/cluster/api-server-alone';
import { configMap, deployment, namespace, secret } from '../support/objects';
import { PulumiFixture } from '../support/pulumi-fixture';

jest.setTimeout(180_000);

const CONTROLLERS = [
  'namespace-controller',
  'garbage-collector-controller',
  'deployment-controller',
  'replicaset-controller',
];

let server: ApiServerFixture;
let stack: PulumiFixture;
let core: CoreV1Api;

beforeAll(async () => {
  server = await startApiServer({ controllers: CONTROLLERS });
  core = server.config().makeApiClient(CoreV1Api);
});

afterAll(() => server?.stop());

beforeEach(async () => {
  stack = await PulumiFixture.make({ kubeconfig: server.kubeconfig });
});

afterEach(async () => {
  await stack.destroy();
  stack.remove();
});

const SECRET = 'correct-horse-battery';
const inBase64 = (text: string): string => Buffer.from(text).toString('base64');

test('a secret is in clear neither in the state, nor in a preview, nor in an error', async () => {
  stack.declare(namespace('vault'), secret('key', 'vault', { password: SECRET }));
  const shown = [(await stack.run('preview', '--diff', '--stack', 'test')).output, (await stack.up()).output];
  stack.declare(namespace('vault'), secret('key', 'vault', { password: `${SECRET}-2`, other: 'x'.repeat(8) }));
  shown.push((await stack.run('preview', '--diff', '--stack', 'test')).output, stack.stateText());
  const bad = { ...secret('key', 'vault', { password: SECRET }), secret: ['type'] };
  stack.declare(namespace('vault'), { ...bad, object: { ...bad.object, type: [SECRET] } });
  shown.push((await stack.up()).output);

  const stored = await core.readNamespacedSecret({ name: 'key', namespace: 'vault' });
  expect(stored.data).toEqual({ password: inBase64(SECRET) });
  expect(shown.join('\n')).not.toContain(SECRET);
  expect(shown.join('\n')).not.toContain(inBase64(SECRET));
});

test('a key taken out of a Secret is taken out of the cluster', async () => {
  stack.configure({ kubeconfig: server.kubeconfig, enableSecretMutable: true });
  stack.declare(namespace('vault'), secret('key', 'vault', { old: 'one', new: 'two' }));
  expect(await stack.up()).toMatchObject({ code: 0 });
  stack.declare(namespace('vault'), secret('key', 'vault', { new: 'two' }));

  expect((await stack.preview()).operations).toEqual({ key: 'update' });
  expect(await stack.up()).toMatchObject({ code: 0 });

  const stored = await core.readNamespacedSecret({ name: 'key', namespace: 'vault' });
  expect(Object.keys(stored.data ?? {})).toEqual(['new']);
});

test('where a dry run is not allowed, changes are worked out from the program, and the preview says so', async () => {
  stack.declare(namespace('team'), configMap('settings', 'team', { colour: 'blue' }));
  expect(await stack.up()).toMatchObject({ code: 0 });
  const rbac = server.config().makeApiClient(RbacAuthorizationV1Api);
  const rules = [{ apiGroups: [''], resources: ['configmaps', 'namespaces'], verbs: ['get'] }];
  await rbac.createClusterRole({ body: { metadata: { name: 'reader' }, rules } });
  await rbac.createClusterRoleBinding({
    body: {
      metadata: { name: 'reader' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'reader' },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'limited' }],
    },
  });
  stack.configure({ kubeconfig: server.kubeconfigFor('limited'), enableConfigMapMutable: true });
  stack.declare(namespace('team'), configMap('settings', 'team', { colour: 'red' }), configMap('more', 'team', {}));

  const preview = await stack.preview();

  expect(preview.operations).toMatchObject({ settings: 'update', more: 'create' });
  expect(preview.fields['settings']).toEqual(['data.colour']);
  expect(preview.remarks.join('\n')).toMatch(/changes are worked out from the program, the server does not let us ask/);
  expect(preview.remarks.join('\n')).toMatch(/more: not checked by the server: .*cannot patch resource "configmaps"/);
  stack.configure({ kubeconfig: server.kubeconfig });
});

test('a preview needs no cluster; an update says which one does not answer', async () => {
  const nowhere = `apiVersion: v1
kind: Config
clusters: [{ name: n, cluster: { server: 'https://127.0.0.1:49151' } }]
users: [{ name: n, user: {} }]
contexts: [{ name: n, context: { cluster: n, user: n } }]
current-context: n
`;
  stack.configure({ kubeconfig: nowhere });
  stack.declare(namespace('team'));

  expect((await stack.preview()).operations).toMatchObject({ team: 'create' });
  const refused = await stack.up();

  expect(refused.code).not.toBe(0);
  expect(refused.output).toContain('https://127.0.0.1:49151 does not answer: connect ECONNREFUSED');
  stack.configure({ kubeconfig: server.kubeconfig });
});

test('values known only after an update are previewed from the program', async () => {
  const later = configMap('later', 'team', { colour: 'blue' });
  stack.declare(namespace('team'), { ...later, unknown: [['data', 'team']] });

  const preview = await stack.preview();

  expect(preview.operations).toMatchObject({ later: 'create' });
  expect(await stack.up()).toMatchObject({ code: 0 });
  expect((await stack.preview()).operations).toEqual({});
});

test('a server that goes away in the middle is named, what was made is kept, and a rerun goes on from there', async () => {
  const many = Array.from({ length: 6 }, (_, index) => configMap(`c${index}`, 'team', { index: String(index) }));
  // One after the other, so that there is a middle.
  const chain = many.map((each, index) => ({ ...each, after: [index === 0 ? 'team' : `c${index - 1}`] }));
  stack.declare(namespace('team'), ...chain);

  const broken = await stack.start(['up', '--yes', '--skip-preview', '--stack', 'test'], {
    onLine: (line) => {
      if (/ConfigMap c1 created/.test(line)) void server.kill();
    },
  });

  expect(broken.code).not.toBe(0);
  expect(broken.output).toContain(`Kubernetes API server ${server.url} does not answer`);
  const state = stack.stateText();
  expect(state).toContain('::c1"');
  expect(state).not.toContain('::c5"');
  await server.restart();
  expect(await stack.up()).toMatchObject({ code: 0 });
  expect((await stack.preview()).operations).toEqual({});
});

test('an object made by an update whose state was lost is recognised as its own', async () => {
  stack.declare(namespace('team'), configMap('settings', 'team', { colour: 'blue' }));
  expect(await stack.up()).toMatchObject({ code: 0 });
  const { uid } = (await core.readNamespacedConfigMap({ name: 'settings', namespace: 'team' })).metadata ?? {};
  await stack.run('state', 'delete', '--yes', '--stack', 'test', urn('core/v1:ConfigMap', 'settings'));

  expect(await stack.up()).toMatchObject({ code: 0 });

  const settings = await core.readNamespacedConfigMap({ name: 'settings', namespace: 'team' });
  expect(settings.metadata?.uid).toBe(uid);
});

test('an object is imported with the inputs that it has', async () => {
  await core.createNamespacedConfigMap({
    namespace: 'default',
    body: { metadata: { name: 'theirs' }, data: { a: '1' } },
  });

  // An import uses the default provider, which reads the stack's configuration.
  await stack.run('config', 'set', 'kubernetes:kubeconfig', server.kubeconfig, '--stack', 'test');

  const imported = await stack.run(
    ...['import', 'kubernetes:core/v1:ConfigMap', 'theirs', 'default/theirs', '--yes', '--stack', 'test'],
    ...['--protect=false', '--generate-code=false', '--skip-preview'],
  );

  expect(imported).toMatchObject({ code: 0 });
  expect(stack.stateText().replace(/\s/g, '')).toContain(
    '"inputs":{"apiVersion":"v1","data":{"a":"1"},"kind":"ConfigMap"',
  );
});

test('a Deployment that does not become ready fails with the reason of its pods; a rerun waits again', async () => {
  const web = deployment('web', 'team', { replicas: 1, annotations: { 'pulumi.com/timeoutSeconds': '8' } });
  stack.declare(namespace('team'), web);
  const running = stack.up();
  const pod = await eventually(async () => (await core.listNamespacedPod({ namespace: 'team' })).items[0]);
  await setPodStatus(pod.metadata?.name ?? '', {
    phase: 'Pending',
    containerStatuses: [
      { ...CONTAINER, ready: false, state: { waiting: { reason: 'ErrImagePull', message: 'no such image' } } },
    ],
  });

  const failed = await running;

  expect(failed.code).not.toBe(0);
  expect(failed.output).toContain('not done after 8 s: 0 of 1 replicas available');
  expect(failed.output).toMatch(/pod web-\S+: container main: ErrImagePull: no such image/);
  expect(stack.stateText()).toContain('::web"');

  await setPodStatus(pod.metadata?.name ?? '', {
    phase: 'Running',
    conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: new Date() }],
    containerStatuses: [{ ...CONTAINER, ready: true, state: { running: { startedAt: new Date() } } }],
  });
  expect(await stack.up()).toMatchObject({ code: 0 });
});

test('an interrupted update stops waiting, keeps what it made, and goes on next time', async () => {
  stack.declare(namespace('team'), deployment('web', 'team', { replicas: 1 }));
  const interrupt = new AbortController();
  const running = stack.start(['up', '--yes', '--skip-preview', '--stack', 'test'], { signal: interrupt.signal });
  await eventually(async () => (await core.listNamespacedPod({ namespace: 'team' })).items[0]);
  interrupt.abort();

  const stopped = await running;

  expect(stopped.code).not.toBe(0);
  expect(stopped.output).toContain('waiting was cancelled');
  expect(stack.stateText()).toContain('::web"');
  const apps = server.config().makeApiClient(AppsV1Api);
  expect((await apps.readNamespacedDeployment({ name: 'web', namespace: 'team' })).metadata?.name).toBe('web');
});

test('a deletion that is held says by what', async () => {
  const held = configMap('held', 'team', {});
  const metadata = { name: 'held', namespace: 'team', annotations: { 'pulumi.com/timeoutSeconds': '3' } };
  stack.declare(namespace('team'), { ...held, object: { ...held.object, metadata } });
  expect(await stack.up()).toMatchObject({ code: 0 });
  const finalizers = (body: object[]) => core.patchNamespacedConfigMap({ name: 'held', namespace: 'team', body });
  await finalizers([{ op: 'add', path: '/metadata/finalizers', value: ['example.org/hold'] }]);
  stack.declare(namespace('team'));

  const stuck = await stack.up();

  expect(stuck.code).not.toBe(0);
  expect(stuck.output).toContain('is not gone, not done after 3 s: held by finalizers');
  expect(stuck.output).toContain('example.org/hold');
  await finalizers([{ op: 'remove', path: '/metadata/finalizers' }]);
  expect(await stack.up()).toMatchObject({ code: 0 });
});

const CONTAINER = { name: 'main', image: 'localhost/none:1', imageID: '', restartCount: 0 };

const urn = (type: string, name: string): string => `urn:pulumi:test::fixture::kubernetes:${type}::${name}`;

const setPodStatus = (name: string, status: object) =>
  core.patchNamespacedPodStatus({
    name,
    namespace: 'team',
    body: [{ op: 'add', path: '/status', value: status }],
  });

async function eventually<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const found = await look().catch(() => undefined);
    if (found !== undefined) return found;
    await sleep(200);
  }
  throw new Error('not within 20 s');
}
