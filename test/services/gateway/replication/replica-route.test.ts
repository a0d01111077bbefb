import { createHash, randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { Decision } from '../../../../core/decision';
import { eventKey } from '../../../../core/event-key';
import { createLedgerApi } from '../../../../services/gateway/ledger-api';
import { LeaderClient } from '../../../../services/gateway/replication/leader-client';
import { Replication } from '../../../../services/gateway/replication/replication';
import { LedgerClient } from '../../../../services/shared/ledger-client';
import { type Core, created, removeFolder, SERVER, silent, startCore } from '../gateway-fixture';

const KEY = eventKey(SERVER, created()) ?? '';
const SPAWNED: Decision = {
  kind: 'spawned',
  workflow: { namespace: 'ci-a', name: 'a', uid: 'u-1' },
  definitionCommit: 'c0',
};
const CALLERS = ['trigger', 'reporter', 'provisioner', 'status', 'gateway'] as const;

let core: Core;
let api: FastifyInstance;
let url: string;
let replication: Replication;
let leads: boolean;
let replica: string;
const { signal } = new AbortController();

beforeEach(async () => {
  core = await startCore();
  leads = true;
  replica = randomUUID();
  replication = new Replication({ end: () => core.ledger.shipped.end, record: async () => undefined, log: silent });
  await replication.start();
  api = createLedgerApi({
    ledger: core.ledger,
    handOn: core.handOn,
    authenticate: async (token) => CALLERS.find((caller) => caller === token),
    explain: () => ({}),
    dryRun: () => ({ events: 0, pipelines: {} }),
    log: silent,
    signal,
    standbys: {
      leads: () => leads,
      asked: (id, held) => replication.asked(id, held),
      commit: () => replication.commit(),
    },
  });
  url = await api.listen({ host: '127.0.0.1', port: 0 });
});
afterEach(async () => {
  replication.stop();
  await api.close();
  await core.close();
  removeFolder(core.directory);
});

const standby = () => new LeaderClient(url, () => 'gateway');
const record = () => core.ledger.recordEvent(KEY, created(), { check: 'pass' });
const nothing = () => ({ replica, segment: 0, offset: 0, waitSeconds: 0 });

/** Copies all there is, and resolves to the place to go on from. */
async function copyAll() {
  const answer = await standby().ask(nothing(), signal);
  if (answer.kind !== 'followed' || answer.chunk === undefined) {
    throw new Error(`the leader says ${answer.kind}`);
  }
  const { at, bytes } = answer.chunk;
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return {
    bytes,
    sha256,
    place: { replica, segment: at.segment, offset: at.offset + bytes.length, waitSeconds: 0 },
    term: answer.term,
  };
}

test('a replica may copy the ledger, and nobody else may; and it may do nothing else', async () => {
  const path = `/v1/replica?replica=${replica}&segment=0&offset=0`;
  for (const caller of CALLERS) {
    const { status } = await fetch(url + path, { headers: { authorization: `Bearer ${caller}` } });
    expect([caller, status]).toEqual([caller, caller === 'gateway' ? 200 : 403]);
  }
  for (const other of ['/v1/events/x', '/v1/decisions', '/v1/config-changes', '/v1/why-questions', '/v1/changes/1']) {
    const { status } = await fetch(url + other, { headers: { authorization: 'Bearer gateway' } });
    expect([other, status]).toEqual([other, 403]);
  }
});

test('who does not lead answers nobody', async () => {
  leads = false;
  await expect(standby().ask(nothing(), signal)).rejects.toThrow('another replica leads');
  await expect(new LedgerClient(url, () => 'trigger').findEvent(KEY)).rejects.toThrow('503');
});

test('a copy is gone on with as long as it is a beginning of the ledger, whoever says so', async () => {
  await record();
  const { bytes, place, sha256, term } = await copyAll();
  expect(bytes.toString('utf8')).toContain(KEY);

  expect(await standby().ask({ ...place, sha256 }, signal)).toMatchObject({ kind: 'followed', chunk: undefined });
  expect(await standby().ask({ ...place, term }, signal)).toMatchObject({ kind: 'followed', chunk: undefined });
  expect(await standby().ask({ ...place, term: 'of another leader' }, signal)).toEqual({ kind: 'unknown-term' });
  const other = createHash('sha256').update('another history').digest('hex');
  expect(await standby().ask({ ...place, sha256: other }, signal)).toEqual({ kind: 'diverged' });
  const ahead = { ...place, offset: place.offset + 1, sha256 };
  expect(await standby().ask(ahead, signal)).toEqual({ kind: 'diverged' });
  expect(await standby().ask({ ...place, segment: place.segment + 1, sha256 }, signal)).toEqual({ kind: 'diverged' });
});

test('what is written while a standby waits comes at once', async () => {
  const { place, term } = await copyAll();
  const waiting = standby().ask({ ...place, term, waitSeconds: 5 }, signal);
  const startedAt = performance.now();
  await record();

  expect(await waiting).toMatchObject({ kind: 'followed', chunk: { at: { offset: place.offset } } });
  expect(performance.now() - startedAt).toBeLessThan(2_000);
});

test('of a standby that is in step every answer waits until it has what is told: a PUT and a GET alike', async () => {
  const { place, term } = await copyAll();
  const ask = (offset: number) => standby().ask({ ...place, offset, term }, signal);
  await ask(place.offset);
  expect(await ask(place.offset)).toMatchObject({ isInStep: true });
  await record();

  const answered: string[] = [];
  const trigger = new LedgerClient(url, () => 'trigger');
  const calls = [
    trigger.putDecision(KEY, 'check', SPAWNED).then(() => answered.push('PUT')),
    trigger.findEvent(KEY).then(() => answered.push('GET')),
  ];
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(answered).toEqual([]);

  await ask(core.ledger.shipped.end.offset);
  await Promise.all(calls);
  expect(answered.sort()).toEqual(['GET', 'PUT']);
});
