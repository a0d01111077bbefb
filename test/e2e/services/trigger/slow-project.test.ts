import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pLimit from 'p-limit';
import { z } from 'zod';
import { Label } from '../../../../core/labels';
import { PROJECTS_PATH } from '../../../../core/project';
import { namespaceForProject, projectObjectName } from '../../../../core/project-name';
import { GatewayConfig, TriggerConfig } from '../../../../core/service-config';
import { type ApiServerFixture, startApiServer } from '../../../../local/cluster/api-server-alone';
import { type StandaloneGerrit, startStandaloneGerrit } from '../../../../local/gerrit/standalone-gerrit';
import { startGateway } from '../../../../services/gateway/gateway';
import { GerritClient } from '../../../../services/shared/gerrit-client';
import { Readiness } from '../../../../services/shared/health-server';
import { KubeClient } from '../../../../services/shared/kube-client';
import { LedgerClient } from '../../../../services/shared/ledger-client';
import { createLogger } from '../../../../services/shared/log';
import { startTriggerCore } from '../../../../services/trigger/trigger';
import { EventSourceClient } from '../../../support/event-source-client';
import { FaultProxy } from '../../support/fault-proxy';
import { installGround, Projects, WORKFLOWS } from '../../support/provisioner-ground';
import { until } from '../../support/until';

jest.setTimeout(300_000);

const PIPELINES = [
  {
    name: 'check',
    triggers: [{ event: 'patchset-created' }, { event: 'comment-added', comment: '(?i)^recheck$' }],
  },
];
const DEFINITION = `apiVersion: argoproj.io/v1alpha1
kind: Workflow
spec:
  entrypoint: main
  templates:
    - name: main
      container: {image: "busybox:1.36", command: ['true']}
`;
const [QUICK, SLOW] = ['quick', 'slow'];
/** Longer than any of our deadlines, which are made shorter here, so that what they lead to is seen sooner. */
const ANSWERS_IN_MS = 30_000;
const DEADLINE = { deadlineMs: 3_000, attempts: 2 };
/** Twice as many events of them as are decided at once. */
const SLOW_CHANGES = 32;
/** As many as a small Gerrit does well. */
const fewAtOnce = pLimit(4);
/** What an event may take longer beside the slow project: nothing that is waited for takes as little. */
const MOST_SLOWER_MS = 1_500;

const Workflows = z.object({ items: z.array(z.object({ metadata: z.object({ name: z.string() }) })) });
const Created = z.object({ _number: z.int() });

let server: ApiServerFixture;
let gerrit: StandaloneGerrit;
let proxy: FaultProxy;
let kube: KubeClient;
let directory: string;
let stop: () => Promise<void>;

/** Gateway and trigger as they run in the cluster, Gerrit behind the proxy, and between them what Argo Events does. */
async function start(): Promise<() => Promise<void>> {
  const stopping = new AbortController();
  const { signal } = stopping;
  const endpoint = { ...gerrit.endpoint, httpUrl: proxy.url };
  const client = (connections: number) =>
    new GerritClient({
      ...{ baseUrl: proxy.url, account: endpoint.account, password: () => gerrit.httpPassword },
      ...{ ...DEADLINE, connections },
    });
  const clients = [client(8), client(32)] as const;
  const readiness = new Readiness();
  const gateway = await startGateway({
    config: GatewayConfig.parse({ gerrit: endpoint, pipelines: PIPELINES, ledgerDirectory: directory }),
    ...{ log: createLogger('gateway'), readiness, signal, gerrit: clients[0] },
    privateKey: () => gerrit.sshKey,
    authenticate: async () => 'trigger',
    eventSourceAddress: '127.0.0.1:0',
    ledgerAddress: { host: '127.0.0.1', port: 0 },
  });
  const { doors } = gateway;
  if (doors === undefined) {
    throw new Error('a gateway that is alone leads from the start');
  }
  const trigger = startTriggerCore({
    config: TriggerConfig.parse({
      ...{ gerrit: endpoint, pipelines: PIPELINES, ledgerUrl: doors.ledgerUrl },
      // Nothing runs here, so nothing ends.
      admission: { parallelism: 1_000, namespaceParallelism: 1_000 },
    }),
    ...{ log: createLogger('trigger'), readiness, signal, kube, gerrit: clients[1] },
    ledger: new LedgerClient(doors.ledgerUrl, () => 'trigger'),
  });
  const bus = new EventSourceClient(doors.eventSourcePort, 'check', (reference) => {
    // Without a receipt the gateway sends it again.
    void trigger.receive(reference).catch(() => undefined);
  });
  await until('ready', async () => readiness.reasons.length === 0);
  return async () => {
    stopping.abort();
    bus.close();
    await trigger.stop();
    await gateway.stop();
    await Promise.all(clients.map((each) => each.close()));
  };
}

async function makeProject(name: string): Promise<void> {
  await gerrit.admin.createProject(name);
  await gerrit.admin.pushDefinition(name, { 'seakeeper/check.yaml': DEFINITION });
  const namespace = namespaceForProject(name);
  await kube.create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  await new Projects(kube).create(name);
  const now = new Date().toISOString();
  const ready = { type: 'Ready', status: 'True', reason: 'Provisioned', message: '', lastTransitionTime: now };
  await kube.patch(`${PROJECTS_PATH}/${projectObjectName(name)}/status`, 'merge', {
    status: { namespace, conditions: [ready] },
  });
}

beforeAll(async () => {
  [server, gerrit] = await Promise.all([startApiServer(), startStandaloneGerrit()]);
  kube = new KubeClient(server.config());
  await installGround(kube);
  for (const name of [QUICK, SLOW]) await makeProject(name);
  proxy = await FaultProxy.beforeUrl(gerrit.endpoint.httpUrl);
  directory = await mkdtemp(join(tmpdir(), 'seakeeper-ledger-'));
  stop = await start();
}, 900_000);

afterAll(async () => {
  proxy.decide = () => undefined;
  await stop?.();
  await proxy?.stop();
  await gerrit?.remove();
  await server?.stop();
  if (directory !== undefined) await rm(directory, { recursive: true, force: true });
});

const makeChange = async (project: string): Promise<number> =>
  Created.parse(await gerrit.admin.rest('POST', '/changes/', { project, branch: 'master', subject: 'Change' }))._number;

async function runsOf(project: string, change?: number): Promise<number> {
  const query = change === undefined ? '' : `?labelSelector=${encodeURIComponent(`${Label.change}=${change}`)}`;
  return Workflows.parse(await kube.get(`${WORKFLOWS(namespaceForProject(project))}${query}`)).items.length;
}

/** Milliseconds from an event of the quick project until its Workflow is there, the longest of some. */
async function longest(changes: number, pauseMs: number): Promise<number> {
  const times: number[] = [];
  const untilRuns = async (change: number, count: number, since: number) => {
    await until(`${count} runs of change ${change}`, async () => (await runsOf(QUICK, change)) >= count, 90_000, 10);
    times.push(performance.now() - since);
  };
  for (let made = 0; made < changes; made++) {
    const change = await makeChange(QUICK);
    await untilRuns(change, 1, performance.now());
    await gerrit.admin.comment({ project: QUICK, number: change }, 'recheck');
    await untilRuns(change, 2, performance.now());
    await sleep(pauseMs);
  }
  return Math.max(...times);
}

test('a project of which Gerrit answers in 30 s slows no other down, and is served when it is quick again', async () => {
  const alone = await longest(5, 0);

  const makeSlow = () => Promise.all(Array.from({ length: SLOW_CHANGES }, () => fewAtOnce(() => makeChange(SLOW))));
  const changes = await makeSlow();
  await until('the first runs of what will be slow', async () => (await runsOf(SLOW)) === changes.length);
  proxy.decide = ({ path }) => (path.includes(SLOW) ? { kind: 'late', ms: ANSWERS_IN_MS } : undefined);
  const recheck = (number: number) => gerrit.admin.comment({ project: SLOW, number }, 'recheck');
  await Promise.all(changes.map((number) => fewAtOnce(() => recheck(number))));
  await makeSlow();

  // Long enough that deadlines have passed and what they lead to is felt.
  const beside = await longest(12, 1_000);
  expect(beside).toBeLessThan(alone + MOST_SLOWER_MS);
  expect(await runsOf(SLOW)).toBe(changes.length);

  proxy.decide = () => undefined;
  await until(
    'every event of the slow project has its run',
    async () => (await runsOf(SLOW)) === 3 * changes.length,
    120_000,
  );
});
