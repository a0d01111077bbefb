import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GATEWAY_HEADER } from '../../../core/service-config';
import { TransientError } from '../../../services/shared/errors';
import { GatewayHttp } from '../../../services/shared/gateway-http';

const GET = { method: 'GET', path: '/', deadlineMs: 5_000 } as const;
let server: Server;
let answer: RequestListener;
let connections: number;

beforeEach(async () => {
  connections = 0;
  server = createServer((request, response) => answer(request, response));
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
});
afterEach(() => {
  server.close();
  server.closeAllConnections();
});

const gateway = () => new GatewayHttp(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, () => 'T');
const byGateway: RequestListener = (_request, response) => {
  response.setHeader(GATEWAY_HEADER, 'true').end('said');
};
const bySomethingElse: RequestListener = (_request, response) => {
  response.writeHead(404).end();
};

test('connections are kept as long as the gateway answers on them', async () => {
  answer = byGateway;
  const http = gateway();

  for (let call = 0; call < 10; call += 1) {
    expect(await http.call(GET)).toMatchObject({ status: 200, bytes: Buffer.from('said') });
  }
  // A second one where the first is just being given back.
  expect(connections).toBeLessThanOrEqual(2);
});

test('an answer by something else than the gateway is none, and the next call goes its own way', async () => {
  answer = bySomethingElse;
  const http = gateway();
  await expect(http.call(GET)).rejects.toThrow('something else than the gateway answers: 404');

  answer = byGateway;
  expect(await http.call(GET)).toMatchObject({ status: 200 });
  expect(connections).toBe(2);
});

test('a call that fails ends no other', async () => {
  const waiting: (() => void)[] = [];
  answer = (request, response) => {
    if (request.url === '/slow') {
      waiting.push(() => byGateway(request, response));
    } else {
      bySomethingElse(request, response);
    }
  };
  const http = gateway();
  const slow = http.call({ ...GET, path: '/slow' });
  await expect(http.call(GET)).rejects.toBeInstanceOf(TransientError);

  for (const go of waiting) {
    go();
  }
  expect(await slow).toMatchObject({ status: 200 });
});

test('a call ends at its deadline, and when its caller gives up', async () => {
  answer = () => undefined;
  const http = gateway();

  await expect(http.call({ ...GET, deadlineMs: 50 })).rejects.toBeInstanceOf(TransientError);
  await expect(http.call({ ...GET, signal: AbortSignal.timeout(50) })).rejects.toBeInstanceOf(TransientError);
});
