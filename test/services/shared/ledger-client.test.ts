import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GATEWAY_HEADER } from '../../../core/service-config';
import { TerminalError, TransientError } from '../../../services/shared/errors';
import { LedgerClient } from '../../../services/shared/ledger-client';

let server: Server;
let status = 200;
let body = '';
const requests: string[] = [];
const contentTypes: (string | undefined)[] = [];

beforeEach(async () => {
  requests.length = 0;
  contentTypes.length = 0;
  server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url} ${request.headers.authorization}`);
    contentTypes.push(request.headers['content-type']);
    response.writeHead(status, { [GATEWAY_HEADER]: 'true' }).end(body);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
});

afterEach(() => {
  server.close();
  server.closeAllConnections();
});

const client = () => new LedgerClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, () => 'T');
const KEY = 'local:patchset-created:a%2Fb:7:abc';

test('a key is encoded whole, and the caller’s token is sent', async () => {
  [status, body] = [404, ''];

  expect(await client().findEvent(KEY)).toBeUndefined();
  expect(requests).toEqual([`GET /v1/events/${encodeURIComponent(KEY)} Bearer T`]);
});

test.each([
  [204, 'recorded'],
  [409, 'another-stands'],
  [404, 'unknown'],
] as const)('an answer of %p to a decision means %s', async (code, outcome) => {
  [status, body] = [code, ''];

  expect(await client().putDecision(KEY, 'check', { kind: 'filtered', reason: 'no-definition' })).toBe(outcome);
});

test.each([
  [500, TransientError],
  [401, TransientError],
  [403, TerminalError],
] as const)('an answer of %p is a %p', async (code, kind) => {
  [status, body] = [code, 'no'];

  await expect(client().putReceipt(KEY, 'check')).rejects.toBeInstanceOf(kind);
});

test('a gateway that cannot be reached is a transient failure', async () => {
  const unreachable = client();
  server.close();
  server.closeAllConnections();

  await expect(unreachable.findRun('uid')).rejects.toBeInstanceOf(TransientError);
});

test('a call without a body names no type for it', async () => {
  [status, body] = [204, ''];

  await client().putReceipt(KEY, 'check');
  await client().resend();
  await client().putDecision(KEY, 'check', { kind: 'queued', reason: 'r' });

  expect(contentTypes).toEqual([undefined, undefined, 'application/json']);
});

test.each([
  [204, 'received'],
  [200, 'decided'],
  [404, 'unknown'],
] as const)('an answer of %p to a receipt means %s', async (code, outcome) => {
  [status, body] = [code, ''];

  expect(await client().putReceipt(KEY, 'check')).toBe(outcome);
});
