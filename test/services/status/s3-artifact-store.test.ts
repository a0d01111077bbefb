import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { S3ArtifactStore } from '../../../services/status/s3-artifact-store';

let server: Server;
let endpoint: string;
/** Access keys that requests were signed with, in order. */
const signedWith: (string | undefined)[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    signedWith.push(/Credential=([^/]+)\//.exec(request.headers.authorization ?? '')?.[1]);
    response.setHeader('content-type', 'application/xml');
    response.end('<ListBucketResult><Name>artifacts</Name><Contents><Key>ci-a/log</Key></Contents></ListBucketResult>');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  endpoint = `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

test('a key that was rotated signs the next request', async () => {
  let accessKeyId = 'first';
  const config = { endpoint, insecure: true, bucket: 'artifacts', region: 'us-east-1' };
  const store = new S3ArtifactStore(config, () => ({ accessKeyId, secretAccessKey: 'secret' }));

  expect(await store.list('ci-a/')).toEqual(['ci-a/log']);
  accessKeyId = 'second';
  await store.list('ci-a/');
  store.close();

  expect(signedWith).toEqual(['first', 'second']);
});
