import { CoreV1Api } from '@kubernetes/client-node';
import { typeToken } from '../../../components/kube-object';
import { POOL_LABEL, POOL_TAINT, UNASSIGNED } from '../../../core/pool';
import type { Machine } from '../../../infra/capacity/config';
import { MACHINE_ANNOTATION, planNodeAttributes } from '../../../infra/nodes/plan-node-attributes';
import { type ApiServerFixture, startApiServer } from '../../../local/cluster/api-server-alone';
import { type FixtureResource, PulumiFixture } from '../support/pulumi-fixture';
import { until } from '../support/until';

jest.setTimeout(180_000);

let server: ApiServerFixture;
let stack: PulumiFixture;
let core: CoreV1Api;

beforeAll(async () => {
  server = await startApiServer({ controllers: ['node-lifecycle-controller'] });
  stack = await PulumiFixture.make({ kubeconfig: server.kubeconfig });
  core = server.config().makeApiClient(CoreV1Api);
});

afterAll(async () => {
  stack?.remove();
  await server?.stop();
});

const machine = (name: string, pool: Machine['pool'], memory = '24Gi'): Machine => ({
  name,
  pool,
  cpu: 8,
  memory,
  disk: '200Gi',
});
const declare = (...machines: readonly Machine[]) =>
  stack.declare(
    ...planNodeAttributes(machines).map(
      (object): FixtureResource => ({
        name: object.metadata.name,
        type: `${typeToken(object)}Patch`,
        object,
      }),
    ),
  );

/** As a kubelet registers its node by our join configuration. */
const register = (name: string) =>
  core.createNode({
    body: {
      metadata: { name, labels: { 'kubernetes.io/hostname': name } },
      spec: { taints: [{ key: POOL_TAINT, value: UNASSIGNED, effect: 'NoSchedule' }] },
    },
    fieldManager: 'kubelet',
  });
const CORDONED = 'node.kubernetes.io/unschedulable';
/** As `kubectl cordon`; the taint is the controller's doing. */
const cordon = (name: string) =>
  core.patchNode({ name, body: [{ op: 'add', path: '/spec/unschedulable', value: true }] });

/** A node without what its controller makes of there being no kubelet. */
async function seen(name: string) {
  const { metadata, spec } = await core.readNode({ name });
  return {
    pool: metadata?.labels?.[POOL_LABEL],
    machine: metadata?.annotations?.[MACHINE_ANNOTATION],
    taints: (spec?.taints ?? [])
      .filter(({ key }) => key === CORDONED || !key.startsWith('node.kubernetes.io/'))
      .map(({ key, value }) => (value === undefined ? key : `${key}=${value}`)),
  };
}

const SIZE = '{"cpu":8,"memory":"24Gi","disk":"200Gi"}';

const MACHINES = [machine('a', 'system'), machine('b', 'gate'), machine('c', 'check'), machine('e', 'security')];
const MOVED = MACHINES.map((each) => (each.name === 'b' ? machine('b', 'heavy') : each));

describe('nodes of a stack', () => {
  test('join closed, and are opened by the stack to their pool', async () => {
    await Promise.all(['a', 'b', 'c', 'e'].map(register));
    declare(...MACHINES);

    expect(await stack.up()).toMatchObject({ code: 0 });

    expect(await seen('a')).toEqual({ pool: 'system', machine: SIZE, taints: ['CriticalAddonsOnly=true'] });
    expect(await seen('b')).toEqual({ pool: 'gate', machine: SIZE, taints: [`${POOL_TAINT}=gate`] });
    expect(await seen('c')).toEqual({ pool: 'check', machine: SIZE, taints: [] });
    expect(await seen('e')).toEqual({ pool: 'security', machine: SIZE, taints: [`${POOL_TAINT}=security`] });
  });

  test.each(['b', 'c'])('stay cordoned while the stack is updated (%s)', async (name) => {
    declare(...MACHINES);
    const isTainted = async () => (await seen(name)).taints.includes(CORDONED);
    await cordon(name);
    await until('the controller taints it', isTainted);

    expect(await stack.up()).toMatchObject({ code: 0 });

    // The list of taints has one owner: the update takes it over, and the controller puts its own back.
    await until('the controller taints it again', isTainted);
    expect((await core.readNode({ name })).spec?.unschedulable).toBe(true);
  });

  test('move to another pool by a change of stack config', async () => {
    declare(...MOVED);

    expect((await stack.preview()).operations).toMatchObject({ b: 'update' });
    expect(await stack.up()).toMatchObject({ code: 0 });

    expect(await seen('b')).toMatchObject({ pool: 'heavy' });
    expect((await seen('b')).taints).toContain(`${POOL_TAINT}=heavy`);
  });

  test('are opened again by a refresh when a machine was installed anew under its name', async () => {
    await core.deleteNode({ name: 'c' });
    await register('c');
    declare(...MOVED);

    expect(await stack.up('--refresh')).toMatchObject({ code: 0 });

    expect(await seen('c')).toEqual({ pool: 'check', machine: SIZE, taints: [] });
  });

  test('must have joined before they are listed', async () => {
    declare(...MOVED, machine('d', 'check'));

    const refused = await stack.up();

    expect(refused.code).not.toBe(0);
    expect(refused.output).toMatch(/'?d'?.*does not exist/);
  });

  test('are left standing, without what the stack said of them, when it is destroyed', async () => {
    await core.deleteNode({ name: 'a' });
    declare(...MOVED);

    expect(await stack.destroy()).toMatchObject({ code: 0 });

    expect(await seen('c')).toEqual({ pool: undefined, machine: undefined, taints: [] });
    expect(await seen('e')).toEqual({ pool: undefined, machine: undefined, taints: [] });
    // A controller wrote b's list since (it was cordoned), and owns it now: the runbook takes that taint off by hand.
    expect(await seen('b')).toMatchObject({ pool: undefined, machine: undefined });
    expect((await seen('b')).taints).toContain(`${POOL_TAINT}=heavy`);
  });
});
