import type { FastifyInstance } from 'fastify';
import type { Decision } from '../../../core/decision';
import { eventKey } from '../../../core/event-key';
import type { GerritEvent } from '../../../core/gerrit-event';
import { compileDryRun } from '../../../services/gateway/decide-dry-run';
import { compileExplain } from '../../../services/gateway/decide-objections';
import { createLedgerApi } from '../../../services/gateway/ledger-api';
import { metrics } from '../../../services/gateway/metrics';
import { LedgerClient } from '../../../services/shared/ledger-client';
import {
  ACCOUNT,
  type Core,
  created,
  filter,
  PIPELINES,
  REVISION,
  removeFolder,
  SERVER,
  silent,
  startCore,
  until,
} from './gateway-fixture';

const KEY = eventKey(SERVER, created()) ?? '';
const SPAWNED: Decision = {
  kind: 'spawned',
  workflow: { namespace: 'ci-a', name: 'a', uid: 'u/1' },
  definitionCommit: 'c0',
};

const CALLERS = ['trigger', 'reporter', 'provisioner', 'status'] as const;

let core: Core;
let api: FastifyInstance;
let url: string;
let stopping: AbortController;
const client = (token = 'trigger') => new LedgerClient(url, () => token);

beforeEach(async () => {
  core = await startCore();
  stopping = new AbortController();
  api = createLedgerApi({
    ledger: core.ledger,
    handOn: core.handOn,
    authenticate: async (token) => {
      if (token === 'down') {
        throw new Error('API server is away');
      }
      return CALLERS.find((caller) => caller === token);
    },
    explain: compileExplain(PIPELINES),
    dryRun: compileDryRun({ pipelines: PIPELINES, account: ACCOUNT }),
    log: silent,
    signal: stopping.signal,
  });
  url = await api.listen({ host: '127.0.0.1', port: 0 });
  await core.ledger.recordEvent(KEY, created(), filter(created()));
  core.handOn.passed(KEY, 'check', Date.now());
});
afterEach(async () => {
  stopping.abort();
  await api.close();
  await core.close();
  removeFolder(core.directory);
});

async function count(metric: { get(): Promise<{ values: { value: number }[] }> }): Promise<number> {
  return (await metric.get()).values.reduce((sum, { value }) => sum + value, 0);
}

describe('ledger API', () => {
  test.each([
    ['trigger', 200],
    ['reporter', 200],
    ['provisioner', 403],
  ])('lists to %s what was kept aside: %i', async (token, status) => {
    await core.ledger.recordQuarantined({ bytes: 3, sha256: 'h', why: 'not JSON' }, Buffer.from([0x7b, 0, 0xff]));

    const answer = await fetch(`${url}/v1/quarantine`, { headers: { authorization: `Bearer ${token}` } });

    expect(answer.status).toBe(status);
    const items = [{ at: expect.any(String), bytes: 3, sha256: 'h', why: 'not JSON', head: '{\\x00\\xff', segment: 1 }];
    expect(await answer.json()).toEqual(status === 200 ? { items } : { message: expect.any(String) });
  });

  test('tells an event by its key, however odd the project', async () => {
    const event = created(2);
    const odd = { ...event, change: { project: 'a/b:c%2F+ü', branch: 'master', number: 2 } };
    const key = eventKey(SERVER, odd) ?? '';
    await core.ledger.recordEvent(key, odd, filter(odd));

    expect(await client('reporter').findEvent(key)).toMatchObject({
      key,
      event: { change: { project: 'a/b:c%2F+ü' } },
    });
  });

  test('knows no other key, and counts who asks', async () => {
    const before = await count(metrics.unknownKeys);

    expect(await client().findEvent('forged')).toBeUndefined();
    expect(await client().putReceipt('forged', 'check')).toBe('unknown');
    expect(await client().putReceipt(KEY, 'post')).toBe('unknown');
    expect(await client().putDecision('forged', 'check', SPAWNED)).toBe('unknown');
    expect((await count(metrics.unknownKeys)) - before).toBe(4);
  });

  test("tries a project's last events on all pipelines, for the trigger only", async () => {
    for (const number of [2, 3]) {
      const event = created(number);
      await core.ledger.recordEvent(eventKey(SERVER, event) ?? '', event, filter(event));
    }

    expect(await client().dryRun('demo')).toEqual({ events: 3, pipelines: { check: { would: 3, may: 0 } } });
    expect(await client().dryRun('another')).toEqual({ events: 0, pipelines: {} });
    await expect(client('reporter').dryRun('demo')).rejects.toThrow('403');
  });

  test('knows no run that it did not decide, and thinks nothing of it: owners submit Workflows too', async () => {
    const before = await count(metrics.unknownKeys);

    expect(await client('reporter').findRun('by-hand')).toBeUndefined();
    expect(await count(metrics.unknownKeys)).toBe(before);
  });

  test('takes a receipt, then a decision, and then no other', async () => {
    expect(await client().putReceipt(KEY, 'check')).toBe('received');
    expect(await client().putDecision(KEY, 'check', SPAWNED)).toBe('recorded');
    expect(await client().putDecision(KEY, 'check', SPAWNED)).toBe('recorded');
    expect(await client().putDecision(KEY, 'check', { kind: 'filtered', reason: 'no-project' })).toBe('another-stands');
    expect(await client().putReceipt(KEY, 'check')).toBe('decided');
    expect(await client('reporter').findRun('u/1')).toMatchObject({
      record: { key: KEY, pipeline: 'check' },
      event: { type: 'patchset-created' },
    });
  });

  test('feeds decisions in order, from where the reader was', async () => {
    await client().putReceipt(KEY, 'check');
    await client().putDecision(KEY, 'check', SPAWNED);

    const all = await client('reporter').decisions(0, 0);
    expect(all.records.map(({ seq, decision }) => [seq, decision.kind])).toEqual([
      [1, 'queued'],
      [2, 'spawned'],
    ]);
    expect(await client('reporter').decisions(all.next, 0)).toEqual({ records: [], next: 2 });
  });

  test('lets a reader wait for the next decision', async () => {
    const feed = client('reporter').decisions(0, 10);
    await client().putDecision(KEY, 'check', SPAWNED);

    expect((await feed).records).toHaveLength(1);
  });

  test('answers a waiting reader when it stops', async () => {
    const feed = client('reporter').decisions(0, 30);
    await new Promise((resolve) => setTimeout(resolve, 50));
    stopping.abort();

    expect((await feed).records).toEqual([]);
  });

  test('feeds the provisioner where refs/meta/config moved: from the present on, in order, when it is on disk', async () => {
    const record = (event: GerritEvent) => core.ledger.recordEvent(eventKey(SERVER, event) ?? '', event, filter(event));
    const moved = (oldRev: string, newRev: string): GerritEvent => ({
      type: 'ref-updated',
      refUpdate: { project: 'a/b', refName: 'refs/meta/config', oldRev, newRev },
      submitter: { username: 'pusher' },
    });
    await record(moved('0', '1'));
    const { next, records } = await client('provisioner').configChanges(undefined, 10);
    expect({ next, records }).toEqual({ next: 1, records: [] });

    const waiting = client('provisioner').configChanges(next, 10);
    await record({
      type: 'ref-updated',
      refUpdate: { project: 'a/b', refName: 'refs/heads/x', oldRev: '0', newRev: '1' },
    });
    await record(moved('1', '2'));

    expect((await waiting).records).toEqual([
      expect.objectContaining({ seq: 2, project: 'a/b', oldRevision: '1', revision: '2', submitter: 'pusher' }),
    ]);
    expect((await client('provisioner').configChanges(0, 0)).records.map(({ seq }) => seq)).toEqual([1, 2]);
  });

  test('tells what became of a change: each event, what each pipeline said, and the latest decision', async () => {
    const merged: GerritEvent = { ...created(), type: 'change-merged' };
    await core.ledger.recordEvent(eventKey(SERVER, merged) ?? '', merged, filter(merged));
    await client().putDecision(KEY, 'check', SPAWNED);

    expect(await client('status').projectOfChange(1)).toBe('demo');
    const history = await client('status').history('demo', 1);
    expect(history).toMatchObject({ project: 'demo', change: 1, omitted: 0 });
    expect(history?.events).toEqual([
      {
        key: KEY,
        type: 'patchset-created',
        at: expect.any(String),
        patchSet: 1,
        isPrivate: false,
        asksWhy: false,
        pairs: {
          check: { verdict: 'pass', objections: [], latest: { at: expect.any(String), decision: SPAWNED } },
          post: {
            verdict: 'no-pipeline-match',
            objections: ["event is 'patchset-created', wanted 'change-merged' (pipelines.post.triggers[0].event)"],
          },
        },
      },
      expect.objectContaining({
        type: 'change-merged',
        pairs: expect.objectContaining({ post: { verdict: 'pass', objections: [] } }),
      }),
    ]);
    expect(await client('reporter').history('demo', 1, 1)).toEqual(history);
    expect((await client('reporter').history('demo', 1, 2))?.events).toEqual([]);
  });

  test('knows nothing of a change it has seen nothing of, or under another project, and thinks nothing of it', async () => {
    const before = await count(metrics.unknownKeys);

    expect(await client('status').projectOfChange(99)).toBeUndefined();
    expect(await client('status').history('demo', 99)).toBeUndefined();
    expect(await client('status').history('other', 1)).toBeUndefined();
    expect(await count(metrics.unknownKeys)).toBe(before);
  });

  test('feeds the reporter comments that ask why, when they are on disk', async () => {
    const asked = (messageId: string, comment: string): GerritEvent => ({
      ...created(),
      type: 'comment-added',
      comment: `Patch Set 1:\n\n${comment}`,
      messageId,
    });
    const waiting = client('reporter').whyQuestions(0, 10);
    for (const event of [asked('m1', 'why not?'), asked('m2', 'why')]) {
      await core.ledger.recordEvent(eventKey(SERVER, event) ?? '', event, filter(event));
    }

    const { records, next } = await waiting;

    expect(records).toEqual([
      {
        seq: 1,
        key: eventKey(SERVER, asked('m2', 'why')),
        project: 'demo',
        change: 1,
        patchSet: 1,
        revision: REVISION,
        messageId: 'm2',
        at: expect.any(String),
      },
    ]);
    expect(await client('reporter').whyQuestions(next, 0)).toEqual({ records: [], next: 1 });
  });

  test.each([
    ['trigger', '/v1/config-changes'],
    ['reporter', '/v1/config-changes'],
    ['provisioner', '/v1/decisions'],
    ['provisioner', `/v1/events/${encodeURIComponent(KEY)}`],
    ['provisioner', '/v1/runs/u'],
    ['provisioner', '/v1/why-questions'],
    ['trigger', '/v1/why?project=demo&change=1'],
    ['reporter', '/v1/changes/1'],
    ['status', '/v1/decisions'],
    ['status', '/v1/why-questions'],
    ['status', '/v1/config-changes'],
    ['status', '/v1/runs/u'],
    ['status', `/v1/events/${encodeURIComponent(KEY)}`],
  ])('refuses the %s, whose it is not, %s', async (token, path) => {
    const { status } = await fetch(url + path, { headers: { authorization: `Bearer ${token}` } });

    expect(status).toBe(403);
  });

  test('sends again at once when the trigger says that it forgot', async () => {
    await client().putReceipt(KEY, 'check');
    const before = core.sent.length;

    await client().resend();

    await until('sent again', () => core.sent.length > before);
  });

  test('refuses whoever shows no token, a wrong one, or the reporter’s for a decision, and counts them', async () => {
    const before = await count(metrics.refused);
    const statuses = await Promise.all([
      fetch(`${url}/v1/decisions`),
      fetch(`${url}/v1/decisions`, { headers: { authorization: 'Basic dHJpZ2dlcjo=' } }),
      fetch(`${url}/v1/decisions`, { headers: { authorization: 'Bearer forged' } }),
      fetch(`${url}/v1/decisions/${encodeURIComponent(KEY)}/check`, {
        method: 'PUT',
        headers: { authorization: 'Bearer reporter', 'content-type': 'application/json' },
        body: JSON.stringify(SPAWNED),
      }),
      fetch(`${url}/v1/resend`, { method: 'POST', headers: { authorization: 'Bearer reporter' } }),
    ]);

    expect(statuses.map(({ status }) => status)).toEqual([401, 401, 401, 403, 403]);
    expect((await count(metrics.refused)) - before).toBe(5);
  });

  test('says “later” when callers cannot be checked', async () => {
    const answer = await fetch(`${url}/v1/decisions`, { headers: { authorization: 'Bearer down' } });

    expect(answer.status).toBe(503);
    expect(await answer.text()).not.toContain('API server');
  });

  test.each([
    ['not JSON', '{', 400],
    ['not a decision', '{"kind":"maybe"}', 400],
    ['more than a decision', JSON.stringify({ ...SPAWNED, more: 1 }), 400],
    ['too large', JSON.stringify({ kind: 'queued', reason: 'x'.repeat(300_000) }), 413],
  ])('refuses a body that is %s', async (_, body, status) => {
    const answer = await fetch(`${url}/v1/decisions/${encodeURIComponent(KEY)}/check`, {
      method: 'PUT',
      headers: { authorization: 'Bearer trigger', 'content-type': 'application/json' },
      body,
    });

    expect(answer.status).toBe(status);
  });
});
