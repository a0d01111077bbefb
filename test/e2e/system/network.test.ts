import { z } from 'zod';
import { Label, Namespace } from '../../../core/labels';
import { Port } from '../../../core/service-config';
import { ADDRESS_PLAN } from '../../../local/cluster/address-plan';
import { LOCAL_NETWORK } from '../../../local/stack/machine-config';
import { all, expectListening, expectSeen, PROBE_PORT, type ProbePod, startProbePod } from '../support/probe-pod';
import { imageOf, makeProject, removeProject, runningSystem, type System } from '../support/system';
import {
  addNodeAddress,
  addOutsideHost,
  listenIn,
  MACHINE_NETWORK,
  NODE_NETWORK,
  networkOfContainer,
  OUTSIDE_HOST,
  type TestListener,
} from '../support/test-host';

jest.setTimeout(180_000);

const METADATA = '169.254.169.254';
const { nodeAddress, gerritAddress, hostAddress } = ADDRESS_PLAN;
/** What a project's pod may reach whatever the test: beside it, a closed port is closed and not far away. */
const REACHED = { [`${gerritAddress}:8080`]: 'open' } as const;

let system: System;
let image: string;
let store: SystemPod;
let ours: { project: string; namespace: string };
let theirs: { project: string; namespace: string };
let pod: ProbePod;
const cleanups: TestListener[] = [];

beforeAll(async () => {
  system = await runningSystem();
  image = (await imageOf(system.kube, Namespace.gerritGateway, 'trigger')) ?? '';
  [ours, theirs] = await Promise.all([makeProject(system, 'fence-a'), makeProject(system, 'fence-b')]);
  pod = await startProbePod(system.kube, image, ours);
  store = await systemPod(Namespace.artifacts, 'minio');
}, 50 * 60_000);

afterAll(async () => {
  for (const { remove } of cleanups.toReversed()) {
    await remove();
  }
  for (const made of [ours, theirs]) {
    await (made && removeProject(system, made.project));
  }
  await system?.gerrit.close();
});

const RunningPod = z.object({
  status: z.object({ podIP: z.string(), containerStatuses: z.array(z.object({ containerID: z.string() })).min(1) }),
});
type SystemPod = z.infer<typeof RunningPod>['status'];

/** The one pod behind a name: policies are about pods, and a Service would hide which. */
async function systemPod(namespace: string, name: string, which: readonly string[] = []): Promise<SystemPod> {
  const labelSelector = [`${Label.name}=${name}`, ...which].join(',');
  const query = new URLSearchParams({ labelSelector, fieldSelector: 'status.phase=Running' });
  const list = await system.kube.get(`/api/v1/namespaces/${namespace}/pods?${query}`);
  return z.object({ items: z.array(RunningPod).min(1) }).parse(list).items[0]?.status as SystemPod;
}

async function forThisSuite<T extends TestListener>(thing: Promise<T>): Promise<T> {
  cleanups.push(await thing);
  return thing;
}

/** Expects every target to listen, and our pod to reach none of them. */
async function expectShut(targets: readonly string[]): Promise<void> {
  await expectListening(targets);
  await expectSeen(pod.look, { ...all(targets, 'shut'), ...REACHED });
}

const target = (address: string, port: number, protocol: 'TCP' | 'UDP') =>
  `${address}:${port}${protocol === 'UDP' ? '/udp' : ''}`;

describe("a project's pod", () => {
  test('can reach an outside address', async () => {
    await forThisSuite(addOutsideHost(80));

    await expectSeen(pod.look, all([`${OUTSIDE_HOST.address}:80`], 'open'));
  });

  test('cannot reach 169.254.169.254', async () => {
    await forThisSuite(addNodeAddress(METADATA, 80));

    await expectShut([`${METADATA}:80`]);
  });

  test('cannot reach a pod of another project, nor is one of its own project reached', async () => {
    const [other, own] = await Promise.all(
      [theirs, ours].map((place) => forThisSuite(startProbePod(system.kube, image, place))),
    );

    await expectShut([`${other?.address}:${PROBE_PORT}`, `${own?.address}:${PROBE_PORT}`]);
  });

  test('cannot reach a pod of the system', async () => {
    const [gateway, trigger, nats, argoServer] = await Promise.all([
      // One that stands by listens to nobody.
      systemPod(Namespace.gerritGateway, 'gateway', [`${Label.role}=leader`]),
      systemPod(Namespace.gerritGateway, 'trigger'),
      systemPod(Namespace.gerritGateway, 'nats'),
      systemPod(Namespace.argoUi, 'argo-server'),
    ]);

    await expectShut([
      `${gateway.podIP}:${Port.ledger}`,
      `${gateway.podIP}:${Port.eventSource}`,
      `${trigger.podIP}:${Port.customTrigger}`,
      `${trigger.podIP}:${Port.http}`,
      `${nats.podIP}:4222`,
      `${argoServer.podIP}:2746`,
    ]);
  });

  test('cannot reach the kubelet, a node port, Gerrit by SSH, or the machine the node runs on', async () => {
    await forThisSuite(listenIn(MACHINE_NETWORK, [`${hostAddress}:${PROBE_PORT}`]));

    await expectShut([
      `${nodeAddress}:10250`,
      `${nodeAddress}:30746`,
      `${gerritAddress}:29418`,
      `${hostAddress}:${PROBE_PORT}`,
    ]);
  });
});

describe('a hole in the fence', () => {
  const toAddresses = LOCAL_NETWORK.holes.flatMap(({ name, to, ports }) =>
    to.kind === 'cidr' ? [{ name, addresses: to.cidrs.map((cidr) => cidr.replace('/32', '')), ports }] : [],
  );

  test.each(toAddresses)('$name works, and its neighbour ports cannot be reached', async ({ addresses, ports }) => {
    const at = (distance: number) =>
      addresses.flatMap((address) => ports.map(({ port, protocol }) => target(address, port + distance, protocol)));
    const neighbours = [...at(-1), ...at(1)];
    await forThisSuite(listenIn(NODE_NETWORK, neighbours));
    await expectListening(neighbours);

    await expectSeen(pod.look, { ...all(at(0), 'open'), ...all(neighbours, 'shut') });
  });

  test('artifact-store works, and its neighbour ports cannot be reached', async () => {
    const neighbours = [8999, 9001].map((port) => `${store.podIP}:${port}`);
    const network = networkOfContainer(store.containerStatuses[0]?.containerID ?? '');
    await forThisSuite(listenIn(network, neighbours));
    await expectListening(neighbours);

    await expectSeen(pod.look, {
      'minio.artifacts.svc:9000': 'open',
      [`${store.podIP}:9000`]: 'open',
      ...all(neighbours, 'shut'),
    });
  });

  test('artifact-store is no way to the same port of another pod', async () => {
    // A namespace without policies: only the fence around our own pod can shut this.
    const place = { namespace: 'default', ports: [9000] };
    const { address } = await forThisSuite(startProbePod(system.kube, image, place));

    await expectShut([`${address}:9000`]);
  });

  test('is tested here, whatever its kind', () => {
    expect([...toAddresses.map(({ name }) => name), 'artifact-store'].sort()).toEqual(
      LOCAL_NETWORK.holes.map(({ name }) => name).sort(),
    );
  });
});
