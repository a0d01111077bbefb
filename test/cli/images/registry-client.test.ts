import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { resolveTag } from '../../../cli/images/registry-client';

const DIGEST = `sha256:${'a'.repeat(64)}`;
let server: Server | undefined;

/** A registry on loopback that answers as told; resolves to its host. */
async function registry(answer: RequestListener): Promise<string> {
  server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return typeof address === 'object' && address !== null ? `127.0.0.1:${address.port}` : 'no address';
}

afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((resolve) => (server === undefined ? resolve(undefined) : server.close(resolve)));
  server = undefined;
});

describe('resolveTag', () => {
  test('fetches a token where the registry says, as nobody, and asks again with it', async () => {
    const asked: string[] = [];
    const host = await registry((request, response) => {
      asked.push(`${request.method} ${request.url} ${request.headers.authorization ?? '-'}`);
      if (request.url?.startsWith('/token')) {
        response.end('{"token":"t0ken"}');
      } else if (request.headers.authorization === 'Bearer t0ken') {
        response.writeHead(200, { 'docker-content-digest': DIGEST }).end();
      } else {
        const challenge = `Bearer realm="http://${request.headers.host}/token",service="s",scope="repository:a/b:pull"`;
        response.writeHead(401, { 'www-authenticate': challenge }).end();
      }
    });

    expect(await resolveTag({ repository: `${host}/a/b`, tag: 'v1' })).toEqual({ kind: 'found', digest: DIGEST });
    expect(asked).toEqual([
      'HEAD /v2/a/b/manifests/v1 -',
      'GET /token?service=s&scope=repository%3Aa%2Fb%3Apull -',
      'HEAD /v2/a/b/manifests/v1 Bearer t0ken',
    ]);
  });

  test('works the digest out of the manifest when the registry does not state it', async () => {
    const manifest = '{"schemaVersion":2}';
    const host = await registry((request, response) => response.end(request.method === 'GET' ? manifest : undefined));

    expect(await resolveTag({ repository: `${host}/a`, tag: 'v1' })).toEqual({
      kind: 'found',
      digest: `sha256:${createHash('sha256').update(manifest).digest('hex')}`,
    });
  });

  test.each([
    [404, 'refused', /has no .*\/a:v1/],
    [403, 'refused', /those with a password only \(403\)/],
    [500, 'unreachable', /answered 500/],
  ])('says what an answer of %d means', async (status, kind, reason) => {
    const host = await registry((_, response) => response.writeHead(status).end());

    expect(await resolveTag({ repository: `${host}/a`, tag: 'v1' })).toEqual({
      kind,
      reason: expect.stringMatching(reason),
    });
  });

  test('takes no digest that came over plain HTTP from another machine', async () => {
    const host = await registry((_, response) =>
      response.writeHead(401, { 'www-authenticate': 'Bearer realm="http://10.0.0.1/token"' }).end(),
    );

    expect(await resolveTag({ repository: `${host}/a`, tag: 'v1' })).toEqual({
      kind: 'unreachable',
      reason: expect.stringContaining('http://10.0.0.1 is not HTTPS'),
    });
  });
});
