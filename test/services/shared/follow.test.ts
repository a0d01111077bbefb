import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { KubeConfig } from '@kubernetes/client-node';
import fc from 'fast-check';
import { pino } from 'pino';
import { type FollowOptions, follow, type Source } from '../../../services/shared/follow';
import { KubeClient, KubeError } from '../../../services/shared/kube-client';

const log = pino({ level: 'silent' });

let server: Server;
let answer: (url: URL, response: ServerResponse, request: IncomingMessage) => void;
const requests: string[] = [];
let stop: AbortController;

beforeEach(async () => {
  requests.length = 0;
  stop = new AbortController();
  server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    answer(new URL(request.url ?? '', 'http://api'), response, request);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
});

afterEach(() => {
  stop.abort();
  server.close();
  server.closeAllConnections();
});

function client(): KubeClient {
  const config = new KubeConfig();
  config.loadFromOptions({
    clusters: [
      { name: 'c', server: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, skipTLSVerify: true },
    ],
    users: [{ name: 'u', token: 'T' }],
    contexts: [{ name: 'x', cluster: 'c', user: 'u' }],
    currentContext: 'x',
  });
  return new KubeClient(config);
}

const thing = (name: string, resourceVersion = '1') => ({ metadata: { name, namespace: 'ns', resourceVersion } });
const list = (names: string[], more: object = {}) =>
  JSON.stringify({ metadata: { resourceVersion: '10', ...more }, items: names.map((name) => thing(name)) });
const line = (type: string, object: object) => `${JSON.stringify({ type, object })}\n`;

async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; !condition(); tries++) {
    if (tries > 3_000) {
      throw new Error('condition never held');
    }
    await sleep(5);
  }
}

describe('follow', () => {
  function start(options: Partial<FollowOptions> = {}) {
    const seen: string[] = [];
    const done = follow({
      kube: client(),
      path: '/api/v1/things',
      labelSelector: 'ours',
      log,
      signal: stop.signal,
      onObject: (_object, key) => seen.push(`+${key}`),
      onGone: (key) => seen.push(`-${key}`),
      onSynced: () => seen.push('synced'),
      ...options,
    });
    return {
      seen,
      end: async () => {
        stop.abort();
        await done;
      },
    };
  }

  test('reads every page of the list before it says it is synced', async () => {
    answer = (url, response) => {
      if (url.searchParams.get('watch') === 'true') {
        return;
      }
      const token = url.searchParams.get('continue');
      response.end(token === null ? list(['a'], { continue: 'more' }) : list(['b']));
    };

    const { seen, end } = start();
    await until(() => seen.includes('synced'));
    await end();

    expect(seen).toEqual(['+ns/a', '+ns/b', 'synced']);
    expect(requests[0]).toContain('labelSelector=ours');
  });

  test('passes on what the watch says and goes on from its last bookmark', async () => {
    const watched: (string | null)[] = [];
    answer = (url, response) => {
      if (url.searchParams.get('watch') !== 'true') {
        response.end(list(['a']));
        return;
      }
      watched.push(url.searchParams.get('resourceVersion'));
      if (watched.length === 1) {
        response.end(
          line('ADDED', thing('b', '11')) +
            line('DELETED', thing('a', '12')) +
            line('BOOKMARK', { metadata: { resourceVersion: '40' } }),
        );
      }
    };

    const { seen, end } = start();
    await until(() => watched.length === 2);
    await end();

    expect(seen).toEqual(['+ns/a', 'synced', '+ns/b', '-ns/a']);
    expect(watched).toEqual(['10', '40']);
  });

  test('lists again after an expired watch, and says what went meanwhile', async () => {
    let lists = 0;
    answer = (url, response) => {
      if (url.searchParams.get('watch') === 'true') {
        if (lists === 1) {
          response.end(line('ERROR', { code: 410, reason: 'Expired' }));
        }
        return;
      }
      lists += 1;
      response.end(list(lists === 1 ? ['a', 'b'] : ['b']));
    };

    const { seen, end } = start();
    await until(() => seen.includes('-ns/a'));
    await end();

    expect(seen).toEqual(['+ns/a', '+ns/b', 'synced', '+ns/b', '-ns/a']);
  });

  test('goes on after the server was away', async () => {
    let calls = 0;
    answer = (url, response) => {
      if (url.searchParams.get('watch') === 'true') {
        return;
      }
      calls += 1;
      if (calls < 3) {
        response.destroy();
        return;
      }
      response.end(list(['a']));
    };

    const { seen, end } = start();
    await until(() => seen.includes('synced'));
    await end();

    expect(seen).toEqual(['+ns/a', 'synced']);
  });

  test('goes on where it was, without a list, when the watch is cut in the middle of a line or refused for a while', async () => {
    const watched: (string | null)[] = [];
    let lists = 0;
    answer = (url, response) => {
      if (url.searchParams.get('watch') !== 'true') {
        lists += 1;
        response.end(list(['a']));
        return;
      }
      watched.push(url.searchParams.get('resourceVersion'));
      if (watched.length === 1) {
        response.end(line('ADDED', thing('b', '11')) + line('ADDED', thing('c', '12')).slice(0, 30));
      } else if (watched.length === 2) {
        response.writeHead(500).end('{}');
      } else if (watched.length === 3) {
        response.writeHead(429, { 'retry-after': '1' }).end('{}');
      } else {
        response.write(line('ADDED', thing('c', '12')));
      }
    };

    const { seen, end } = start();
    await until(() => seen.includes('+ns/c'));
    await end();

    expect(seen).toEqual(['+ns/a', 'synced', '+ns/b', '+ns/c']);
    expect(watched).toEqual(['10', '11', '11', '11']);
    expect(lists).toBe(1);
  });

  test('leaves the server alone for as long as it asks', async () => {
    const times: number[] = [];
    answer = (url, response) => {
      if (url.searchParams.get('watch') === 'true') {
        return;
      }
      times.push(performance.now());
      if (times.length === 1) {
        response.writeHead(429, { 'retry-after': '1' }).end('{}');
      } else {
        response.end(list([]));
      }
    };

    const { seen, end } = start();
    await until(() => seen.includes('synced'));
    await end();

    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(999);
  });

  test('notices a watch that is dead without a word', async () => {
    let watches = 0;
    answer = (url, response) => {
      if (url.searchParams.get('watch') !== 'true') {
        response.end(list(['a']));
        return;
      }
      watches += 1;
      if (watches === 1) {
        // Headers, and then nothing: a peer that went away behind a firewall looks like this.
        response.write('\n');
      } else {
        response.write(line('ADDED', thing('b', '11')));
      }
    };

    const { seen, end } = start({ silenceMs: 1_000 });
    await until(() => seen.includes('+ns/b'));
    await end();

    expect(seen).toEqual(['+ns/a', 'synced', '+ns/b']);
  });

  test('lists again after the time it was given, and says which objects come from a list', async () => {
    const sources: Source[] = [];
    answer = (url, response) => {
      if (url.searchParams.get('watch') !== 'true') {
        response.end(list(['a']));
        return;
      }
      response.write(line('MODIFIED', thing('a', '11')));
      setTimeout(() => response.end(), Number(url.searchParams.get('timeoutSeconds')) * 1000);
    };

    const { seen, end } = start({ relistMs: 500, onObject: (_object, _key, source) => void sources.push(source) });
    await until(() => sources.filter((source) => source === 'list').length === 2);
    await end();

    expect(sources.slice(0, 3)).toEqual(['list', 'watch', 'list']);
    expect(seen).toEqual(['synced']);
  });

  test('says nothing about what is gone when a list breaks off or fails', async () => {
    let lists = 0;
    answer = (url, response) => {
      if (url.searchParams.get('watch') === 'true') {
        response.end(line('ERROR', { code: 410, reason: 'Expired' }));
        return;
      }
      lists += 1;
      const token = url.searchParams.get('continue');
      if (lists === 1) {
        response.end(list(['a', 'b']));
      } else if (token !== null) {
        response.writeHead(404).end('{"reason":"NotFound"}');
      } else {
        response.end(list(['a'], { continue: 'more' }));
      }
    };

    const { seen, end } = start();
    await until(() => lists >= 5);
    await end();

    expect(seen.filter((what) => what.startsWith('-'))).toEqual([]);
  });

  test('tells the present state in the end, whatever the server does on the way', async () => {
    const step = fc.record({
      name: fc.constantFrom('a', 'b', 'c', 'd'),
      there: fc.boolean(),
      fault: fc.constantFrom('none', 'cut', 'expired', 'error', 'cut-line'),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
        // A few: what fails again and again is left alone for longer and longer.
        const api = new TinyApi(steps.slice(0, 4).map(({ fault }) => fault));
        answer = (url, response) => api.answer(url, response);
        const present = new Set<string>();
        const stopping = new AbortController();
        const done = follow({
          kube: client(),
          path: '/api/v1/things',
          pageSize: 2,
          log,
          signal: stopping.signal,
          onObject: (_object, key) => present.add(key),
          onGone: (key) => present.delete(key),
        });
        for (const { name, there } of steps) {
          api.change(name, there);
          await sleep(1);
        }
        const wanted = [...api.objects.keys()].map((name) => `ns/${name}`).sort();
        await until(() => JSON.stringify([...present].sort()) === JSON.stringify(wanted));
        stopping.abort();
        await done;
        server.closeAllConnections();
      }),
      { numRuns: 10, endOnFailure: true },
    );
  }, 60_000);
});

/** Lists and watches of one collection as the API server gives them, with a fault for each of the first watches. */
class TinyApi {
  readonly objects = new Map<string, string>();
  private readonly events: { version: number; type: string; name: string }[] = [];
  private readonly watches = new Set<() => void>();
  private version = 1;

  constructor(private readonly faults: string[]) {}

  change(name: string, there: boolean): void {
    if (!there && !this.objects.has(name)) return;
    this.version += 1;
    const type = there ? (this.objects.has(name) ? 'MODIFIED' : 'ADDED') : 'DELETED';
    if (there) this.objects.set(name, String(this.version));
    else this.objects.delete(name);
    this.events.push({ version: this.version, type, name });
    for (const push of this.watches) push();
  }

  answer(url: URL, response: ServerResponse): void {
    if (url.searchParams.get('watch') !== 'true') {
      const items = [...this.objects].map(([name, version]) => thing(name, version));
      response.end(JSON.stringify({ metadata: { resourceVersion: String(this.version) }, items }));
      return;
    }
    let sent = Number(url.searchParams.get('resourceVersion'));
    const fault = this.faults.shift() ?? 'none';
    if (fault === 'expired') {
      response.end(line('ERROR', { code: 410, reason: 'Expired' }));
      return;
    }
    if (fault === 'error') {
      response.writeHead(500).end('{}');
      return;
    }
    response.writeHead(200);
    response.flushHeaders();
    const push = () => {
      for (const { version, type, name } of this.events.filter((event) => event.version > sent)) {
        const text = line(type, thing(name, String(version)));
        sent = version;
        if (fault === 'cut-line') return void response.end(text.slice(0, 20));
        response.write(text);
        if (fault === 'cut') return void response.destroy();
      }
    };
    this.watches.add(push);
    response.on('close', () => this.watches.delete(push));
    push();
  }
}

describe('KubeClient', () => {
  test('rejects with the server’s own reason', async () => {
    answer = (_url, response) => {
      response.writeHead(409).end(JSON.stringify({ reason: 'AlreadyExists', message: 'things "a" already exists' }));
    };

    const error = await client()
      .create('/api/v1/things', thing('a'))
      .catch((thrown: unknown) => thrown);

    expect(error).toBeInstanceOf(KubeError);
    expect(error).toMatchObject({ status: 409, reason: 'AlreadyExists' });
  });

  test('applies under a field manager and sends the account’s token', async () => {
    let headers: IncomingMessage['headers'] = {};
    answer = (_url, response, request) => {
      ({ headers } = request);
      response.end('{}');
    };

    await client().apply('/api/v1/things/a', thing('a'), { fieldManager: 'seakeeper-test' });

    expect(requests).toEqual(['PATCH /api/v1/things/a?fieldManager=seakeeper-test&force=false']);
    expect(headers).toMatchObject({ authorization: 'Bearer T', 'content-type': 'application/apply-patch+yaml' });
  });
});
