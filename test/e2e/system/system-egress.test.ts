import { Label, Namespace } from '../../../core/labels';
import { Port } from '../../../core/service-config';
import { ADDRESS_PLAN } from '../../../local/cluster/address-plan';
import { expectListening, expectSeen, type ProbePod, startProbePod } from '../support/probe-pod';
import { imageOf, runningSystem, type System } from '../support/system';
import { addNodeAddress, addOutsideHost, OUTSIDE_HOST, type TestListener } from '../support/test-host';

jest.setTimeout(180_000);

const METADATA = '169.254.169.254';
const API_SERVER = `${ADDRESS_PLAN.nodeAddress}:${ADDRESS_PLAN.apiPort}`;
const GERRIT = `${ADDRESS_PLAN.gerritAddress}:8080`;
const STORE = 'minio.artifacts.svc:9000';
const BUS = 'nats.gerrit-gateway.svc:4222';
const LEDGER = `gateway.gerrit-gateway.svc:${Port.ledger}`;

let system: System;
const cleanups: TestListener[] = [];
const pods: ProbePod[] = [];

beforeAll(async () => {
  system = await runningSystem();
  cleanups.push(await addNodeAddress(METADATA, 80), await addOutsideHost(80));
  await expectListening([`${METADATA}:80`]);
});

afterAll(async () => {
  await Promise.all(pods.map((pod) => pod.remove()));
  for (const { remove } of cleanups.toReversed()) {
    await remove();
  }
  await system?.gerrit.close();
});

/** A pod that policies take for the named part of the system. */
async function podLike(namespace: string, name: string): Promise<ProbePod> {
  const image = (await imageOf(system.kube, Namespace.gerritGateway, 'trigger')) ?? '';
  const pod = await startProbePod(system.kube, image, { namespace, labels: { [Label.name]: name } });
  pods.push(pod);
  return pod;
}

test.each([
  [
    'status pages',
    Namespace.argoUi,
    'status',
    { [API_SERVER]: 'open', [STORE]: 'open', [GERRIT]: 'shut', [LEDGER]: 'open', [BUS]: 'shut' },
  ],
  [
    'trigger',
    Namespace.gerritGateway,
    'trigger',
    { [API_SERVER]: 'open', [GERRIT]: 'open', [LEDGER]: 'open', [STORE]: 'shut' },
  ],
  [
    'provisioner',
    Namespace.seakeeperSystem,
    'provisioner',
    { [API_SERVER]: 'open', [STORE]: 'open', [GERRIT]: 'open', [LEDGER]: 'open', [BUS]: 'shut' },
  ],
  ['artifact store', Namespace.artifacts, 'minio', { [API_SERVER]: 'shut', [GERRIT]: 'shut' }],
] as const)('%s reach what they call and nothing else', async (_what, namespace, name, expected) => {
  const pod = await podLike(namespace, name);

  await expectSeen(pod.look, { ...expected, [`${METADATA}:80`]: 'shut' });
});

test('only what talks to Gerrit reaches a host outside', async () => {
  const [reporter, status] = await Promise.all([
    podLike(Namespace.gerritGateway, 'reporter'),
    podLike(Namespace.argoUi, 'status'),
  ]);
  const outside = `${OUTSIDE_HOST.address}:80`;

  await expectSeen(reporter.look, { [outside]: 'open', [`${METADATA}:80`]: 'shut' });
  await expectSeen(status.look, { [outside]: 'shut' });
});
