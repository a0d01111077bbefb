import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { type ApiServerFixture, startApiServer } from '../../../../local/cluster/api-server-alone';
import { KubeClient, NotLeaderError } from '../../../../services/shared/kube-client';
import { Lease, type LeaseTimings } from '../../../../services/shared/leader-election/lease';
import { runAsLeader } from '../../../../services/shared/leader-election/run-as-leader';
import type { HeldLease } from '../../../../services/shared/leader-election/term-of-office';
import { until } from '../../support/until';

jest.setTimeout(120_000);

const LEASES = '/apis/coordination.k8s.io/v1/namespaces/default/leases';
const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';
const TIMINGS: LeaseTimings = { leaseMs: 6_000, renewWithinMs: 4_000, retryMs: 500 };
const log = pino({ level: 'silent' });

let server: ApiServerFixture;
let kube: KubeClient;

beforeAll(async () => {
  server = await startApiServer();
  kube = new KubeClient(server.config());
}, 900_000);

afterAll(() => server?.stop());

interface Candidate {
  readonly name: string;
  leading: KubeClient | undefined;
  held: HeldLease | undefined;
  lostAt: number | undefined;
  readonly terms: number;
  stop(): Promise<void>;
}

function candidate(
  lease: string,
  name: string,
  options: { stopMs?: number; mayLead?: (lease: Lease | undefined) => boolean } = {},
): Candidate {
  const stopping = new AbortController();
  const state = {
    name,
    leading: undefined as KubeClient | undefined,
    held: undefined as HeldLease | undefined,
    lostAt: undefined as number | undefined,
    terms: 0,
  };
  const done = runAsLeader({
    kube: new KubeClient(server.config()),
    lease: { namespace: 'default', name: lease },
    identity: name,
    timings: TIMINGS,
    log,
    signal: stopping.signal,
    ...(options.mayLead === undefined ? {} : { mayLead: options.mayLead }),
    lead: async (fenced, signal, held) => {
      state.leading = fenced;
      state.held = held;
      state.terms += 1;
      signal.addEventListener('abort', () => {
        state.lostAt = performance.now();
      });
      return async () => {
        await sleep(options.stopMs ?? 0);
        state.leading = undefined;
      };
    },
  });
  return Object.assign(state, {
    stop: async () => {
      stopping.abort();
      await done();
    },
  });
}

const readLease = async (name: string) => Lease.parse(await kube.get(`${LEASES}/${name}`)).spec;

describe('of two processes that want a lease', () => {
  test('one leads, and the other does within a second of the first one’s stop', async () => {
    const first = candidate('hand-over', 'first', { stopMs: 300 });
    await until('the first leads', () => Promise.resolve(first.leading !== undefined));
    const second = candidate('hand-over', 'second');
    await sleep(1_500);
    expect(second.leading).toBeUndefined();

    const stopped = first.stop();
    await until('the second leads', () => Promise.resolve(second.leading !== undefined));
    await stopped;
    const waited = performance.now() - (first.lostAt ?? 0);

    expect(first.leading).toBeUndefined();
    expect(waited).toBeLessThan(300 + 1_000);
    expect(await readLease('hand-over')).toMatchObject({ holderIdentity: 'second', leaseTransitions: 1 });
    await second.stop();
    expect(await readLease('hand-over')).toMatchObject({ holderIdentity: '' });
  });

  test('the one that cannot reach etcd any more stops before the other may begin, and leads again later', async () => {
    const only = candidate('etcd-away', 'only');
    await until('it leads', () => Promise.resolve(only.leading !== undefined));
    const client = only.leading;

    server.pauseEtcd();
    const pausedAt = performance.now();
    try {
      await until('it gives up', () => Promise.resolve(only.lostAt !== undefined));
      expect((only.lostAt ?? 0) - pausedAt).toBeLessThan(TIMINGS.renewWithinMs + 500);
      await expect(client?.create(CONFIG_MAPS, { metadata: { name: 'late' } })).rejects.toBeInstanceOf(NotLeaderError);
    } finally {
      server.resumeEtcd();
    }

    await until('it leads again', () => Promise.resolve(only.terms === 2));
    await only.stop();
  });

  test('only one that may by the lease as it is takes it, and its holder alone says who may', async () => {
    const namedIn = (name: string) => (lease: Lease | undefined) =>
      lease === undefined ? name === 'named' : lease.metadata.annotations?.['heir'] === name;
    const named = candidate('named', 'named', { mayLead: namedIn('named') });
    await until('the first leads', () => Promise.resolve(named.leading !== undefined));
    const other = candidate('named', 'other', { mayLead: namedIn('other') });
    await named.held?.annotate({ heir: 'nobody' });
    // The lease has another version now; its holder renews it all the same.
    await sleep(TIMINGS.leaseMs);
    expect(named.lostAt).toBeUndefined();

    await named.stop();
    await sleep(TIMINGS.leaseMs);
    expect(other.leading).toBeUndefined();
    await expect(named.held?.annotate({ heir: 'named' })).rejects.toBeInstanceOf(NotLeaderError);

    await kube.patch(`${LEASES}/named`, 'merge', { metadata: { annotations: { heir: 'other' } } });
    await until('the heir leads', () => Promise.resolve(other.leading !== undefined));
    await other.stop();
  });

  test('a lease that somebody else writes himself in is lost at once', async () => {
    const robbed = candidate('robbed', 'robbed');
    await until('it leads', () => Promise.resolve(robbed.leading !== undefined));
    await kube.patch(`${LEASES}/robbed`, 'merge', { metadata: { labels: { touched: 'yes' } } });
    await sleep(1_200);
    expect(robbed.lostAt).toBeUndefined();

    await kube.patch(`${LEASES}/robbed`, 'merge', { spec: { holderIdentity: 'robber', leaseDurationSeconds: 1 } });
    await until('it notices', () => Promise.resolve(robbed.lostAt !== undefined));

    await until('it takes it again when the robber is not heard of', () => Promise.resolve(robbed.terms === 2));
    expect((await readLease('robbed')).holderIdentity).toBe('robbed');
    await robbed.stop();
  });
});
