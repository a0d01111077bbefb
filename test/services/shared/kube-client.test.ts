import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { KubeConfig } from '@kubernetes/client-node';
import type { Fence } from '../../../services/shared/fence';
import { KubeClient, type KubeClientOptions, NotLeaderError } from '../../../services/shared/kube-client';

let server: Server;
let asked: IncomingMessage[];
interface Answer {
  status: number;
  body: string;
  headers?: Record<string, string>;
}
/** Undefined when the answer is given in another way, or never. */
let answer: Answer | ((request: IncomingMessage, response: ServerResponse) => Answer | undefined);

beforeEach(async () => {
  asked = [];
  answer = { status: 200, body: '{"kind":"Pod"}' };
  server = createServer((request, response) => {
    asked.push(request);
    const given = typeof answer === 'function' ? answer(request, response) : answer;
    if (given !== undefined) {
      response.writeHead(given.status, given.headers).end(given.body);
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
});

afterEach(() => {
  server.close();
  server.closeAllConnections();
});

function configOf(token: string): KubeConfig {
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const config = new KubeConfig();
  config.loadFromClusterAndUser(
    { name: 'test', server: `http://127.0.0.1:${port}`, skipTLSVerify: true },
    { name: 'test', token },
  );
  return config;
}

function client(options?: KubeClientOptions): KubeClient {
  return new KubeClient(configOf('a-token'), options);
}

describe('a call to the API server', () => {
  test('says who calls, so that audit and managedFields name Seakeeper and not a library', async () => {
    await expect(client().get('/api/v1/pods/one')).resolves.toEqual({ kind: 'Pod' });

    expect(asked[0]?.headers).toMatchObject({ 'user-agent': 'seakeeper', authorization: 'Bearer a-token' });
  });

  test('that is refused rejects with status, reason and the server’s words', async () => {
    answer = { status: 409, body: '{"reason":"AlreadyExists","message":"pods \\"one\\" already exists"}' };

    await expect(client().create('/api/v1/pods', {})).rejects.toMatchObject({
      status: 409,
      reason: 'AlreadyExists',
      message: 'POST /api/v1/pods: 409 AlreadyExists: pods "one" already exists',
    });
  });

  test('that meets no server rejects as something to try again', async () => {
    const gone = client();
    server.close();
    server.closeAllConnections();
    await once(server, 'close');

    await expect(gone.get('/readyz')).rejects.toMatchObject({ name: 'TransientError' });
  });

  test('that is refused for now says for how long, and which fields were in conflict with whom', async () => {
    answer = {
      status: 429,
      headers: { 'retry-after': '7' },
      body: JSON.stringify({
        reason: 'TooManyRequests',
        details: {
          causes: [{ reason: 'FieldManagerConflict', field: '.spec.hard', message: 'conflict with "kubectl"' }],
        },
      }),
    };

    await expect(client().get('/x')).rejects.toMatchObject({
      retryAfterMs: 7_000,
      causes: [{ reason: 'FieldManagerConflict', field: '.spec.hard', message: 'conflict with "kubectl"' }],
    });
  });

  test('whose token has run out is repeated once with the token of now', async () => {
    answer = (request) =>
      request.headers.authorization === 'Bearer new' ? { status: 200, body: '{}' } : { status: 401, body: '{}' };

    const kube = client({ reload: () => configOf('new') });
    await Promise.all([kube.create('/x', { a: 1 }), kube.get('/y'), kube.get('/z')]);
    await kube.get('/later');

    expect(asked.filter(({ url }) => url === '/later')).toHaveLength(1);
    await expect(client({ reload: () => configOf('old') }).get('/x')).rejects.toMatchObject({ status: 401 });
  });

  test('that is not answered in time is given up', async () => {
    answer = () => undefined;

    await expect(client().get('/x', { timeoutMs: 50 })).rejects.toMatchObject({
      name: 'TransientError',
      message: expect.stringContaining('no answer within 50 ms'),
    });
  });

  test('waits here, and not in a socket, while as many as allowed are under way', async () => {
    const open: (() => void)[] = [];
    answer = (_request, response) => {
      open.push(() => response.end('{}'));
      return undefined;
    };
    const kube = client({ connections: 2 });
    const all = Promise.all([1, 2, 3, 4].map((index) => kube.get(`/${index}`)));
    await sleep(100);
    expect(asked).toHaveLength(2);

    const ending = setInterval(() => open.shift()?.(), 5);
    await all;
    clearInterval(ending);
    expect(asked).toHaveLength(4);
  });
});

describe('a list', () => {
  const page = (names: string[], version: string, next = '') =>
    JSON.stringify({ metadata: { resourceVersion: version, continue: next }, items: names });
  const collect = async (pages: AsyncGenerator<unknown>) => {
    const all: unknown[] = [];
    for await (const one of pages) all.push(one);
    return all;
  };

  test('comes in pages, with selectors on each and the version on the first', async () => {
    answer = ({ url }) => ({ status: 200, body: url?.includes('continue') ? page(['b'], '5') : page(['a'], '5', 'T') });

    const options = { selector: 'a=b', fieldSelector: 'c=d', resourceVersion: '0', limit: 1, metadataOnly: true };
    await expect(collect(client().list('/things', options))).resolves.toEqual([
      { items: ['a'], resourceVersion: '5', restarted: false },
      { items: ['b'], resourceVersion: '5', restarted: false },
    ]);

    expect(asked.map(({ url }) => url)).toEqual([
      '/things?labelSelector=a%3Db&fieldSelector=c%3Dd&limit=1&resourceVersion=0',
      '/things?labelSelector=a%3Db&fieldSelector=c%3Dd&limit=1&continue=T',
    ]);
    expect(asked[0]?.headers.accept).toContain('PartialObjectMetadataList');
  });

  test('whose snapshot expires between pages begins anew, says so, and ends even if that goes on', async () => {
    answer = ({ url }) => {
      const query = new URL(url ?? '', 'http://api').searchParams;
      if (query.has('continue')) return { status: 410, body: '{"reason":"Expired","metadata":{"continue":"worse"}}' };
      return { status: 200, body: query.has('limit') ? page(['a'], '5', 'T') : page(['a', 'b'], '9') };
    };

    const all = await collect(client().list('/things'));

    expect(all.at(-1)).toEqual({ items: ['a', 'b'], resourceVersion: '9', restarted: true });
    expect(all).toHaveLength(4);
  });
});

describe('a fenced client', () => {
  /** A fence with what it answers, question by question; the last answer stays. */
  const fence = (...answers: number[]): Fence => ({
    marginMs: 1_000,
    remainingMs: () => (answers.length > 1 ? answers.shift() : answers[0]) ?? 0,
  });

  test('tells the server to give up within the lease', async () => {
    await client().fenced(fence(9_000)).patch('/x?force=true', 'merge', {});

    expect(asked[0]?.url).toBe('/x?force=true&timeout=6000ms');
  });

  test('sends no write when the lease is nearly over, and reads all the same', async () => {
    const kube = client().fenced(fence(900));

    await expect(kube.create('/x', {})).rejects.toBeInstanceOf(NotLeaderError);
    await expect(kube.apart(1).delete('/x')).rejects.toBeInstanceOf(NotLeaderError);
    await kube.get('/y');
    await kube.settled();

    expect(asked.map(({ url }) => url)).toEqual(['/y']);
  });

  test('asks again when the connection is there: whoever slept through the handshake sends nothing', async () => {
    await expect(client().fenced(fence(9_000, -50_000)).create('/x', {})).rejects.toBeInstanceOf(NotLeaderError);
    await expect(client().fenced(fence(9_000, 5_000)).create('/x', {})).rejects.toMatchObject({
      name: 'TransientError',
      message: expect.stringContaining('waited too long for a connection'),
    });

    expect(asked).toEqual([]);
  });

  test('asks for each write that waited for its turn', async () => {
    let remaining = 9_000;
    answer = (_request, response) => {
      setTimeout(() => response.end('{}'), 50);
      return undefined;
    };
    const kube = client({ connections: 1 }).fenced({ marginMs: 1_000, remainingMs: () => remaining });
    const writes = [kube.create('/1', {}), kube.create('/2', {}), kube.create('/3', {})];
    const ends = Promise.allSettled(writes);
    while (asked.length === 0) await sleep(1);
    remaining = -1;

    expect((await ends).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
    await kube.settled();
    expect(asked).toHaveLength(1);
  });
});
