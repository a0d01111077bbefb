import { mkdtempSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Decision, EventReference } from '../../../core/decision';
import { eventKey } from '../../../core/event-key';
import { Annotation } from '../../../core/labels';
import { GatewayConfig } from '../../../core/service-config';
import { withoutComment } from '../../../local/gerrit/key-pair';
import { type RunningGateway, startGateway } from '../../../services/gateway/gateway';
import { GerritClient } from '../../../services/shared/gerrit-client';
import { Readiness } from '../../../services/shared/health-server';
import type { LeaseTimings } from '../../../services/shared/leader-election/lease';
import { LedgerClient } from '../../../services/shared/ledger-client';
import { EventSourceClient } from '../../support/event-source-client';
import { CLIENT, FakeGerritSsh, HOST } from './fake-gerrit-ssh';
import { ACCOUNT, created, PIPELINES, removeFolder, SERVER, silent } from './gateway-fixture';
import { freePort, LoopbackCluster } from './replication/loopback-cluster';

jest.setTimeout(60_000);

const TIMINGS: LeaseTimings = { leaseMs: 2_000, renewWithinMs: 1_300, retryMs: 200 };

/** Two replicas of the gateway as they run, over loopback; Gerrit's stream and the API server are stand-ins. */
interface Replica {
  readonly ordinal: number;
  readonly directory: string;
  readonly readiness: Readiness;
  readonly gateway: RunningGateway;
}

let gerrit: FakeGerritSsh;
let rest: Server;
let cluster: LoopbackCluster;
let ports: { ledger: number; eventSource: number }[];
let replicas: (Replica | undefined)[];
let folders: string[];
let ledger: LedgerClient;
let client: GerritClient;

beforeEach(async () => {
  gerrit = new FakeGerritSsh();
  await gerrit.listen();
  // Gerrit that has no change to tell of: all there is comes over the stream.
  rest = createServer((_request, response) => response.end(")]}'\n[]")).listen(0, '127.0.0.1');
  await new Promise((resolve) => rest.once('listening', resolve));
  ports = [];
  for (let ordinal = 0; ordinal < 2; ordinal++) {
    ports.push({ ledger: await freePort(), eventSource: await freePort() });
  }
  cluster = new LoopbackCluster(ports.map((each) => each.ledger));
  await cluster.start();
  ledger = new LedgerClient(cluster.ledgerUrl, () => 'trigger');
  client = new GerritClient({ baseUrl: urlOf(rest), account: ACCOUNT, password: () => 'secret' });
  replicas = [];
  folders = [];
});

afterEach(async () => {
  await Promise.all(replicas.map((replica) => replica?.gateway.stop()));
  await client.close();
  await cluster.stop();
  rest.close();
  rest.closeAllConnections();
  await gerrit.close();
  folders.forEach(removeFolder);
});

const urlOf = (server: Server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

async function until<T>(what: string, look: () => T | undefined | Promise<T | undefined>, ms = 20_000): Promise<T> {
  for (const deadline = Date.now() + ms; Date.now() < deadline; await new Promise((go) => setTimeout(go, 20))) {
    const found = await look();
    if (found !== undefined && found !== false) {
      return found;
    }
  }
  throw new Error(`${what}: not within ${ms} ms`);
}

/** Starts a replica, on a volume that is empty unless it is given. */
async function start(ordinal: number, directory = mkdtempSync(join(tmpdir(), 'gw-'))): Promise<Replica> {
  folders.push(directory);
  const readiness = new Readiness();
  const { ledger: ledgerPort, eventSource } = ports[ordinal] ?? { ledger: 0, eventSource: 0 };
  const gateway = await startGateway({
    config: GatewayConfig.parse({
      gerrit: {
        ...{ name: SERVER, httpUrl: urlOf(rest), fetchUrl: urlOf(rest), account: ACCOUNT, canaryProject: 'demo' },
        ...{ sshHost: '127.0.0.1', sshPort: gerrit.port, sshHostKeys: [withoutComment(HOST.publicKey)] },
      },
      pipelines: PIPELINES,
      ledgerDirectory: directory,
      resendAfterSeconds: 0.3,
      standby: { replicas: 2, ledgerUrl: cluster.ledgerUrl },
    }),
    log: silent,
    readiness,
    signal: new AbortController().signal,
    gerrit: client,
    privateKey: () => CLIENT.privateKey,
    authenticate: async (token) => (token === 'trigger' || token === 'gateway' ? token : undefined),
    eventSourceAddress: `127.0.0.1:${eventSource}`,
    ledgerAddress: { host: '127.0.0.1', port: ledgerPort },
    replica: { kube: cluster.client(`replica-${ordinal}`), ledgerToken: () => 'gateway', ordinal, timings: TIMINGS },
  });
  const replica = { ordinal, directory, readiness, gateway };
  replicas[ordinal] = replica;
  await until('the stream is up', () =>
    replica.readiness.reasons.every((reason) => !reason.startsWith('event-stream')),
  );
  return replica;
}

const leads = ({ ordinal, gateway }: Replica) =>
  until(`replica ${ordinal} leads`, () => gateway.doors !== undefined && cluster.leader === ordinal);
const inStep = () => cluster.lease?.metadata.annotations?.[Annotation.inStep]?.split(',') ?? [];
const isInStep = (count = 2) => until(`${count} replicas in step`, () => inStep().length === count);

/** The first replica leads, the second is in step with it. */
async function startBoth(): Promise<[Replica, Replica]> {
  const first = await start(0);
  await leads(first);
  const second = await start(1);
  await isInStep();
  return [first, second];
}

const revisionOf = (number: number) => String(number).padStart(40, '0');
const keyOf = (number: number) => eventKey(SERVER, created(number, revisionOf(number))) ?? '';

/** Gerrit says it to each stream that is open, or to one alone. */
function say(number: number, to = gerrit.streams): void {
  for (const stream of to) {
    stream.write(`${JSON.stringify({ ...created(number, revisionOf(number)), eventCreatedOn: 1_700_000_000 })}\n`);
  }
}

const spawned = (uid: string): Decision => ({
  kind: 'spawned',
  workflow: { namespace: 'ci-x', name: 'x', uid },
  definitionCommit: 'c',
});
const isKnown = (number: number) =>
  until(`event ${number} in the ledger`, () => ledger.findEvent(keyOf(number)).catch(() => undefined));
const keysOf = (references: readonly EventReference[]) => references.map(({ key }) => key);

/** The leader is cut off from the API server, leads no more, and its volume is gone. */
async function lose(replica: Replica): Promise<void> {
  cluster.cutOff.add(`replica-${replica.ordinal}`);
  await until('it leads no more', () => replica.gateway.doors === undefined);
  await replica.gateway.stop();
  replicas[replica.ordinal] = undefined;
  removeFolder(replica.directory);
  cluster.cutOff.clear();
}

test('what somebody was told outlives the leader and its volume; what was not decided is handed on by the next', async () => {
  const [first, second] = await startBoth();
  for (const number of [1, 2, 3]) {
    say(number);
    await isKnown(number);
  }
  expect(await ledger.putDecision(keyOf(1), 'check', spawned('u-1'))).toBe('recorded');
  expect(await ledger.putReceipt(keyOf(2), 'check')).toBe('received');
  const { next } = await ledger.decisions(0, 0);

  await lose(first);
  await leads(second);

  expect((await ledger.findRun('u-1'))?.record.key).toBe(keyOf(1));
  expect(await ledger.putDecision(keyOf(1), 'check', spawned('u-2'))).toBe('another-stands');
  const pod = new EventSourceClient(second.gateway.doors?.eventSourcePort ?? 0, 'check');
  await until('both that are undecided', () => new Set(keysOf(pod.references)).size >= 2);
  expect(new Set(keysOf(pod.references))).toEqual(new Set([keyOf(2), keyOf(3)]));
  // A reader of the feed goes on with the number it had: nothing twice, nothing left out.
  expect(await ledger.putDecision(keyOf(3), 'check', spawned('u-3'))).toBe('recorded');
  expect((await ledger.decisions(next, 0)).records.map(({ key }) => key)).toEqual([keyOf(3)]);
  pod.close();
});

test('a replica that comes back with an empty volume copies the ledger, and may then lead', async () => {
  const [first, second] = await startBoth();
  say(1);
  await isKnown(1);
  await ledger.putDecision(keyOf(1), 'check', spawned('u-1'));
  await lose(first);
  await leads(second);
  expect(inStep()).toHaveLength(1);

  const again = await start(0);
  await isInStep();
  await until('it is ready', () => again.readiness.reasons.length === 0);
  await second.gateway.stop();
  replicas[1] = undefined;
  await leads(again);

  expect((await ledger.findRun('u-1'))?.record.key).toBe(keyOf(1));
});

test('one that is empty does not lead while another is only away', async () => {
  const [first, second] = await startBoth();
  say(1);
  await isKnown(1);
  await second.gateway.stop();
  replicas[1] = undefined;
  // The leader takes it from the list before it answers alone.
  await ledger.putDecision(keyOf(1), 'check', spawned('u-1'));
  expect(inStep()).toHaveLength(1);
  await first.gateway.stop();
  replicas[0] = undefined;

  const empty = await start(1);
  await new Promise((resolve) => setTimeout(resolve, 2 * TIMINGS.leaseMs));
  expect(empty.gateway.doors).toBeUndefined();

  const back = await start(0, first.directory);
  await leads(back);
  expect((await ledger.findRun('u-1'))?.record.key).toBe(keyOf(1));
  await isInStep();
});

test('a leader that lost its lease closes its streams, and hands on and answers nothing more', async () => {
  const [first, second] = await startBoth();
  const doors = first.gateway.doors;
  const pod = new EventSourceClient(doors?.eventSourcePort ?? 0, 'check');
  say(1);
  await until('it hands on', () => pod.references.length > 0);

  cluster.cutOff.add('replica-0');
  await leads(second);
  const sent = pod.references.length;
  expect(pod.failure).toBeDefined();
  await expect(new LedgerClient(doors?.ledgerUrl ?? '', () => 'trigger').findEvent(keyOf(1))).rejects.toThrow();
  say(2);
  await isKnown(2);
  expect(pod.references).toHaveLength(sent);

  // It stands by for the other: its own part of the ledger that nobody was told of is gone, and it is in step.
  cluster.cutOff.clear();
  await isInStep();
  pod.close();
});

test('what only the standby heard is handed on when it leads', async () => {
  const [first, second] = await startBoth();
  const [, standbyStream] = gerrit.streams;
  say(7, standbyStream === undefined ? [] : [standbyStream]);
  await expect(ledger.findEvent(keyOf(7))).resolves.toBeUndefined();

  await lose(first);
  await leads(second);

  await isKnown(7);
});
