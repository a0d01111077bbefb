import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventKey } from '../../../../core/event-key';
import { GatewayConfig, type GerritEndpoint } from '../../../../core/service-config';
import { type StandaloneGerrit, startStandaloneGerrit } from '../../../../local/gerrit/standalone-gerrit';
import { type RunningGateway, startGateway } from '../../../../services/gateway/gateway';
import { BranchTips } from '../../../../services/gateway/refs/branch-tips';
import { planFollowedRefs } from '../../../../services/gateway/refs/plan-followed-refs';
import { GerritClient } from '../../../../services/shared/gerrit-client';
import { GerritHttp } from '../../../../services/shared/gerrit-http';
import { BranchInfo } from '../../../../services/shared/gerrit-schema';
import { Readiness } from '../../../../services/shared/health-server';
import { LedgerClient } from '../../../../services/shared/ledger-client';
import { createLogger } from '../../../../services/shared/log';
import { EventSourceClient } from '../../../support/event-source-client';

jest.setTimeout(60_000);

const PIPELINES = [
  {
    name: 'check',
    triggers: [
      { event: 'patchset-created' },
      { event: 'comment-added', comment: '(?i)^recheck$' },
      { event: 'change-restored' },
    ],
  },
  { name: 'post', triggers: [{ event: 'change-merged' }, { event: 'ref-updated', ref: '^refs/tags/' }] },
  { name: 'publish', triggers: [{ event: 'ref-updated', project: { plain: 'demo' }, branch: { plain: 'master' } }] },
  {
    name: 'minutely',
    triggers: [{ event: 'timer', time: '* * * * *', branch: { plain: 'master' }, project: '^demo$' }],
  },
];

interface Subject {
  readonly gateway: RunningGateway;
  readonly readiness: Readiness;
  readonly ledger: LedgerClient;
  readonly check: EventSourceClient;
  readonly post: EventSourceClient;
  readonly minutely: EventSourceClient;
  stop(): Promise<void>;
}

let gerrit: StandaloneGerrit;
let directory: string | undefined;
let subject: Subject;

async function start(endpoint: Partial<GerritEndpoint> = {}): Promise<Subject> {
  const config = GatewayConfig.parse({
    gerrit: { ...gerrit.endpoint, ...endpoint },
    pipelines: PIPELINES,
    ledgerDirectory: directory,
    resendAfterSeconds: 1,
    sweepSeconds: 5,
  });
  const client = new GerritClient({
    baseUrl: gerrit.endpoint.httpUrl,
    account: gerrit.endpoint.account,
    password: () => gerrit.httpPassword,
  });
  const http = new GerritHttp({
    baseUrl: gerrit.endpoint.httpUrl,
    account: gerrit.endpoint.account,
    password: () => gerrit.httpPassword,
  });
  const readiness = new Readiness();
  const gateway = await startGateway({
    config,
    log: createLogger('gateway'),
    readiness,
    signal: new AbortController().signal,
    gerrit: client,
    recovery: { tips: new BranchTips(http, planFollowedRefs(config.pipelines)) },
    privateKey: () => gerrit.sshKey,
    authenticate: async (token) => (token === 'trigger' ? 'trigger' : undefined),
    eventSourceAddress: '127.0.0.1:0',
    ledgerAddress: { host: '127.0.0.1', port: 0 },
  });
  const { doors } = gateway;
  if (doors === undefined) {
    throw new Error('a gateway that is alone leads from the start');
  }
  const check = new EventSourceClient(doors.eventSourcePort, 'check');
  const post = new EventSourceClient(doors.eventSourcePort, 'post');
  const minutely = new EventSourceClient(doors.eventSourcePort, 'minutely');
  return {
    gateway,
    readiness,
    check,
    post,
    minutely,
    ledger: new LedgerClient(doors.ledgerUrl, () => 'trigger'),
    stop: async () => {
      check.close();
      post.close();
      minutely.close();
      await gateway.stop();
      await Promise.all([client.close(), http.close()]);
    },
  };
}

/** Waits for something to become true; says what it waited for when it does not. */
async function until<T>(what: string, look: () => T | undefined, seconds = 20): Promise<T> {
  for (const deadline = Date.now() + seconds * 1000; Date.now() < deadline; await sleep(20)) {
    const found = look();
    if (found !== undefined && found !== false) {
      return found;
    }
  }
  throw new Error(`${what}: not within ${seconds} s`);
}

const ready = (of: Subject) => until('ready', () => of.readiness.reasons.length === 0, 30);
const reference = (client: EventSourceClient, part: string) =>
  until(part, () => client.references.find(({ key }) => key.includes(part)));
const spawned = (uid: string) => ({
  kind: 'spawned' as const,
  workflow: { namespace: 'ci-x', name: 'x', uid },
  definitionCommit: 'c',
});

describe('gateway with a real Gerrit', () => {
  beforeAll(async () => {
    gerrit = await startStandaloneGerrit();
    await gerrit.admin.createProject('demo');
    directory = await mkdtemp(join(tmpdir(), 'seakeeper-ledger-'));
    subject = await start();
    await ready(subject);
  }, 240_000);

  afterAll(async () => {
    await subject?.stop();
    await gerrit?.remove();
    if (directory !== undefined) {
      await rm(directory, { recursive: true, force: true });
    }
  }, 60_000);

  test('a pushed patch set reaches its pipeline as a reference, and the ledger tells the event', async () => {
    const change = await gerrit.admin.pushChange({ project: 'demo', subject: 'One', files: { a: '1' } });

    const found = await reference(subject.check, change.revision);
    expect(found).toMatchObject({
      server: 'local',
      type: 'patchset-created',
      project: 'demo',
      branch: 'master',
      pipeline: 'check',
    });
    const stored = await subject.ledger.findEvent(found.key);
    expect(stored?.event.patchSet).toMatchObject({ number: 1, revision: change.revision, ref: change.ref });
    expect(stored?.event.source).toBe('stream');
  });

  test('a pair is sent again until it is decided, and then no more', async () => {
    const change = await gerrit.admin.pushChange({ project: 'demo', subject: 'Two', files: { b: '1' } });
    const { key } = await reference(subject.check, change.revision);
    const count = () => subject.check.references.filter((one) => one.key === key).length;
    await until('sent again', () => count() >= 2);

    expect(await subject.ledger.putReceipt(key, 'check')).toBe('received');
    expect(await subject.ledger.putDecision(key, 'check', spawned('u-1'))).toBe('recorded');
    const after = count();
    await sleep(2_500);

    expect(count()).toBe(after);
    expect(await subject.ledger.putDecision(key, 'check', spawned('u-2'))).toBe('another-stands');
    expect((await subject.ledger.findRun('u-1'))?.event.change?.number).toBe(change.number);
  });

  test('recheck is an event of its own each time, in a message and in the reply box alike', async () => {
    const change = await gerrit.admin.pushChange({ project: 'demo', subject: 'Three', files: { c: '1' } });
    await gerrit.admin.comment(change, 'recheck');
    await gerrit.admin.comment(change, 'recheck');
    const path = `/changes/demo~${change.number}/revisions/current/review`;
    await gerrit.admin.rest('POST', path, { comments: { '/PATCHSET_LEVEL': [{ message: 'recheck' }] } });
    await gerrit.admin.comment(change, 'please do not recheck this');

    const keys = await until('three rechecks', () => {
      const found = subject.check.references.filter(
        ({ key, type }) => type === 'comment-added' && key.includes(`:demo:${change.number}:`),
      );
      const unique = new Set(found.map(({ key }) => key));
      return unique.size >= 3 ? unique : undefined;
    });
    const messages = (await gerrit.admin.rest('GET', `/changes/demo~${change.number}/messages`)) as {
      id: string;
      message: string;
    }[];
    const expected = messages.filter(({ message }) => /\n\n(recheck|\(1 comment\))$/.test(message)).map(({ id }) => id);
    expect([...keys].map((key) => key.split(':').at(-1)).sort()).toEqual(expected.sort());
  });

  test('a change restored twice runs twice', async () => {
    const change = await gerrit.admin.pushChange({ project: 'demo', subject: 'Four', files: { d: '1' } });
    for (let time = 0; time < 2; time++) {
      await gerrit.admin.abandon(change);
      await gerrit.admin.restore(change);
    }

    await until('two restores', () => {
      const found = subject.check.references.filter(
        ({ key, type }) => type === 'change-restored' && key.includes(`:demo:${change.number}:`),
      );
      return new Set(found.map(({ key }) => key)).size === 2;
    });
  });

  test('what happened while the gateway was away is read by REST, under the same keys, and nothing twice', async () => {
    const before = await gerrit.admin.pushChange({ project: 'demo', subject: 'Before', files: { e: '1' } });
    const { key } = await reference(subject.check, before.revision);
    expect(await subject.ledger.putDecision(key, 'check', spawned('u-3'))).toBe('recorded');
    await subject.stop();
    const during = await gerrit.admin.pushChange({ project: 'demo', subject: 'During', files: { f: '1' } });
    await gerrit.admin.comment(during, 'recheck');
    const path = `/changes/demo~${during.number}/revisions/current/review`;
    await gerrit.admin.rest('POST', path, { comments: { '/PATCHSET_LEVEL': [{ message: 'Recheck' }] } });

    subject = await start();
    await ready(subject);

    const found = await reference(subject.check, during.revision);
    expect((await subject.ledger.findEvent(found.key))?.event.source).toBe('rest');
    await until('both rechecks', () => {
      const rechecks = subject.check.references.filter(
        ({ key: one, type }) => type === 'comment-added' && one.includes(`:demo:${during.number}:`),
      );
      return new Set(rechecks.map(({ key: one }) => one)).size === 2;
    });
    expect(subject.check.references.filter((one) => one.key === key)).toEqual([]);
  }, 60_000);

  test('a branch that moved twice while the gateway was away is one ref-updated with its net move', async () => {
    const branch = await gerrit.admin.rest('GET', '/projects/demo/branches/master');
    const { revision: oldRev } = BranchInfo.parse(branch);
    await subject.stop();
    await gerrit.admin.pushCommit('demo', 'refs/heads/master', { h: '1' }, 'Move');
    const newRev = await gerrit.admin.pushCommit('demo', 'refs/heads/master', { h: '2' }, 'Move on');
    const refUpdate = { project: 'demo', refName: 'refs/heads/master', oldRev, newRev };
    const key = eventKey('local', { type: 'ref-updated', refUpdate }) ?? '';

    subject = await start();
    await ready(subject);

    let stored = await subject.ledger.findEvent(key);
    for (const deadline = Date.now() + 100_000; stored === undefined && Date.now() < deadline; await sleep(1_000)) {
      stored = await subject.ledger.findEvent(key);
    }
    expect(stored?.event).toMatchObject({ source: 'rest', refUpdate });
  }, 150_000);

  test('the gateway is back within 15 s of a restarted Gerrit, and what was pushed before it was is not lost', async () => {
    await gerrit.stop();
    await gerrit.start();
    const servedAt = Date.now();
    const change = await gerrit.admin.pushChange({ project: 'demo', subject: 'After', files: { g: '1' } });

    await reference(subject.check, change.revision);

    expect(Date.now() - servedAt).toBeLessThan(15_000);
  }, 120_000);

  test('a clock starts a branch that is there once a minute, at the commit it points to', async () => {
    await gerrit.admin.createProject('other');
    const { revision } = (await gerrit.admin.rest('GET', '/projects/demo/branches/master')) as { revision: string };
    const known = new Set(subject.minutely.references.map(({ key }) => key));

    const fresh = await until(
      'two more minutes',
      () => {
        const keys = new Set(subject.minutely.references.map(({ key }) => key).filter((key) => !known.has(key)));
        return keys.size >= 2 ? [...keys] : undefined;
      },
      180,
    );

    const events = await Promise.all(fresh.map(async (key) => (await subject.ledger.findEvent(key))?.event));
    expect(events).toMatchObject(
      fresh.map(() => ({ refUpdate: { project: 'demo', refName: 'refs/heads/master', newRev: revision } })),
    );
    expect(new Set(events.map((event) => event?.timer?.at)).size).toBe(fresh.length);
  }, 200_000);

  test('a host key that is not pinned is refused', async () => {
    await subject.stop();
    const wrong = `ssh-ed25519 ${Buffer.from('\0\0\0\x0bssh-ed25519\0\0\0 0123456789abcdef0123456789abcdef', 'latin1').toString('base64')}`;
    subject = await start({ sshHostKeys: [wrong] });

    await sleep(3_000);

    expect(subject.readiness.reasons.join()).toContain('event-stream');
  }, 30_000);
});
