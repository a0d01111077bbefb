import { CoreV1Api } from '@kubernetes/client-node';
import { type ApiServerFixture, startApiServer } from '../../../local/cluster/api-server-alone';
import { configMap, custom, definition, deployment, namespace, quota } from '../support/objects';
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
  stack = await PulumiFixture.make(settings());
  core = server.config().makeApiClient(CoreV1Api);
});

afterAll(async () => {
  stack?.remove();
  await server?.stop();
});

const settings = () => ({ kubeconfig: server.kubeconfig, enableConfigMapMutable: true });

const patch = (name: string, namespace: string, body: object) =>
  core.patchNamespacedConfigMap({ name, namespace, body, fieldManager: 'somebody' });

const everything = () => [
  namespace('team'),
  definition('Boat', 'example.org'),
  configMap('settings', 'team', { colour: 'blue', size: '1' }),
  quota('limits', 'team', { 'requests.cpu': '1000m', pods: '10' }),
  deployment('web', 'team'),
  custom('tug', 'team', 'Boat', 'example.org', { length: 12, crew: ['a', 'b'] }),
];

describe('on a real API server', () => {
  test('a preview of an empty cluster creates all, and says what the server could not check yet', async () => {
    stack.declare(...everything());

    const preview = await stack.preview();

    expect(new Set(Object.values(preview.operations))).toEqual(new Set(['create']));
    expect(preview.remarks).toEqual(
      expect.arrayContaining([
        "settings: not checked by the server: namespace 'team' does not exist yet",
        'tug: not checked by the server: kind Boat of example.org/v1 does not exist yet',
      ]),
    );
  });

  test('up makes every object, kinds before their objects, and a second preview is empty', async () => {
    stack.declare(...everything());

    expect(await stack.up()).toMatchObject({ code: 0 });

    expect((await core.readNamespacedConfigMap({ name: 'settings', namespace: 'team' })).data).toEqual({
      colour: 'blue',
      size: '1',
    });
    expect(await stack.preview()).toEqual({ operations: {}, fields: {}, remarks: [] });
  });

  test('a change of one quota shows exactly that, and is applied', async () => {
    stack.declare(
      ...everything().map((each) =>
        each.name === 'limits' ? quota('limits', 'team', { 'requests.cpu': '2', pods: '10' }) : each,
      ),
    );

    expect(await stack.preview()).toEqual({
      operations: { limits: 'update' },
      fields: { limits: ['spec.hard["requests.cpu"]'] },
      remarks: [],
    });
    expect(await stack.up()).toMatchObject({ code: 0 });
    const { spec } = await core.readNamespacedResourceQuota({ name: 'limits', namespace: 'team' });
    expect(spec?.hard).toEqual({ 'requests.cpu': '2', pods: '10' });
    stack.declare(...everything());
    expect(await stack.up()).toMatchObject({ code: 0 });
  });

  test('a field taken out of the program is taken out of the object', async () => {
    stack.declare(
      ...everything().map((each) => (each.name === 'settings' ? configMap('settings', 'team', { size: '1' }) : each)),
    );

    expect((await stack.preview()).fields).toEqual({ settings: ['data.colour'] });
    expect(await stack.up()).toMatchObject({ code: 0 });
    expect((await core.readNamespacedConfigMap({ name: 'settings', namespace: 'team' })).data).toEqual({ size: '1' });

    stack.declare(...everything());
    expect(await stack.up()).toMatchObject({ code: 0 });
  });

  test('a change of a field that the server will not change replaces the object', async () => {
    stack.declare(
      ...everything().map((each) => (each.name === 'web' ? deployment('web', 'team', { app: 'shop' }) : each)),
    );

    const preview = await stack.preview();

    expect(preview.operations).toEqual({ web: 'replace' });
    expect(preview.fields['web']).toContain('spec.selector.matchLabels.app');
    expect(await stack.up()).toMatchObject({ code: 0 });
    expect((await stack.preview()).operations).toEqual({});
    stack.declare(...everything());
    expect(await stack.up()).toMatchObject({ code: 0 });
  });

  test('drift is seen by a preview and by a refresh, and mended by the next up', async () => {
    stack.declare(...everything());
    stack.configure({ kubeconfig: server.kubeconfig, enableConfigMapMutable: true, enablePatchForce: true });
    expect(await stack.up()).toMatchObject({ code: 0 });
    await patch('settings', 'team', [{ op: 'replace', path: '/data/colour', value: 'red' }]);

    const preview = await stack.preview();
    expect(preview.operations).toEqual({ settings: 'update' });
    expect(preview.remarks).toEqual([
      'settings: changed in the cluster since the last update: data.colour (now "red")',
    ]);

    expect((await stack.refresh()).output).toMatch(/1 updated/);
    expect((await stack.preview()).fields).toEqual({ settings: ['data.colour'] });

    expect(await stack.up()).toMatchObject({ code: 0 });
    expect((await core.readNamespacedConfigMap({ name: 'settings', namespace: 'team' })).data?.['colour']).toBe('blue');
    expect((await stack.preview()).operations).toEqual({});
  });

  test('a field that another manager took stays its until the program asks to take it over', async () => {
    stack.declare(...everything());
    stack.configure({ kubeconfig: server.kubeconfig, enableConfigMapMutable: true });
    expect(await stack.up()).toMatchObject({ code: 0 });
    await patch('settings', 'team', [{ op: 'replace', path: '/data/colour', value: 'red' }]);

    const refused = await stack.up();

    expect(refused.code).not.toBe(0);
    expect(refused.output).toContain('conflict with "somebody"');
    expect(refused.output).toContain('pulumi.com/patchForce');

    const forced = configMap('settings', 'team', { colour: 'blue', size: '1' });
    const metadata = { name: 'settings', namespace: 'team', annotations: { 'pulumi.com/patchForce': 'true' } };
    stack.declare(
      ...everything().map((each) =>
        each.name === 'settings' ? { ...forced, object: { ...forced.object, metadata } } : each,
      ),
    );
    expect(await stack.up()).toMatchObject({ code: 0 });
    expect((await core.readNamespacedConfigMap({ name: 'settings', namespace: 'team' })).data?.['colour']).toBe('blue');
    stack.declare(...everything());
    expect(await stack.up()).toMatchObject({ code: 0 });
  });

  test('an object deleted behind its back is made again', async () => {
    stack.declare(...everything());
    await core.deleteNamespacedConfigMap({ name: 'settings', namespace: 'team' });

    const preview = await stack.preview();
    expect(preview.operations).toEqual({ settings: 'update' });
    expect(preview.remarks).toEqual(['settings: is not in the cluster any more; it will be made again']);

    expect(await stack.up()).toMatchObject({ code: 0 });
    expect((await core.readNamespacedConfigMap({ name: 'settings', namespace: 'team' })).data?.['colour']).toBe('blue');
  });

  test('a patch owns its fields of an object that is not its own, and gives them up without deleting it', async () => {
    const label = {
      name: 'label',
      type: 'kubernetes:core/v1:NamespacePatch',
      object: {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name: 'default', labels: { 'example.org/a': 'yes' } },
      },
    };
    stack.declare(...everything(), label);
    expect(await stack.up()).toMatchObject({ code: 0 });
    const patched = await core.readNamespace({ name: 'default' });
    expect(patched.metadata?.labels).toMatchObject({
      'example.org/a': 'yes',
      'kubernetes.io/metadata.name': 'default',
    });
    expect((await stack.preview()).operations).toEqual({});

    stack.declare(...everything());
    expect(await stack.up()).toMatchObject({ code: 0 });

    const left = await core.readNamespace({ name: 'default' });
    expect(left.metadata?.uid).toBe(patched.metadata?.uid);
    expect(left.metadata?.labels).toEqual({ 'kubernetes.io/metadata.name': 'default' });
  });

  test('an object the server rejects fails the preview with the reason, and leaves the others alone', async () => {
    const broken = configMap('Not_A_Name', 'team', {});
    stack.declare(...everything(), broken);

    await expect(stack.preview()).rejects.toThrow(/metadata.name: Invalid value: .*Not_A_Name/);

    const refused = await stack.up();
    expect(refused.code).not.toBe(0);
    expect(refused.output).toContain('metadata.name: Invalid value');
    stack.declare(...everything());
    expect((await stack.preview()).operations).toEqual({});
  });

  test('an object that exists and belongs to nobody here is left alone', async () => {
    await core.createNamespacedConfigMap({
      namespace: 'team',
      body: { metadata: { name: 'theirs' }, data: { a: 'theirs' } },
    });
    stack.declare(...everything(), configMap('theirs', 'team', { a: 'ours' }));

    const refused = await stack.up();

    expect(refused.code).not.toBe(0);
    expect(refused.output).toContain("exists already and is not this resource's");
    expect((await core.readNamespacedConfigMap({ name: 'theirs', namespace: 'team' })).data).toEqual({ a: 'theirs' });
  });

  test('an object that exists is taken over where the provider is told to, with the fields of others', async () => {
    stack.configure({ ...settings(), upsertExistingObjects: true, enablePatchForce: true });

    expect((await stack.preview()).operations).toMatchObject({ theirs: 'create' });
    expect(await stack.up()).toMatchObject({ code: 0 });

    expect((await core.readNamespacedConfigMap({ name: 'theirs', namespace: 'team' })).data).toEqual({ a: 'ours' });
    stack.configure(settings());
    // The provider's own settings are what changes, and nothing that it made.
    expect((await stack.preview()).operations).toEqual({ cluster: 'update' });
  });

  test('destroy deletes every object, waits until they are gone, and touches no other', async () => {
    stack.declare(...everything());

    expect(await stack.destroy()).toMatchObject({ code: 0 });

    const names = (await core.listNamespace()).items.map(({ metadata }) => metadata?.name);
    expect(names).not.toContain('team');
    expect(names).toContain('default');
    expect((await stack.run('stack', '--stack', 'test', '--show-ids')).output).toContain('Current stack resources (0)');
  });
});
