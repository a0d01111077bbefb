import type { AddressInfo } from 'node:net';
import { Readiness, startHealthServer } from '../../../services/shared/health-server';

test('readyz names everything that is missing, and is ok when nothing is', async () => {
  const readiness = new Readiness();
  readiness.waitFor('stream', 'connecting to Gerrit');
  const server = await startHealthServer(0, readiness);
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    const before = await fetch(`${url}/readyz`);
    readiness.has('stream');
    const after = await fetch(`${url}/readyz`);

    expect([before.status, await before.text()]).toEqual([503, 'stream: connecting to Gerrit\n']);
    expect([after.status, await after.text()]).toEqual([200, 'ok\n']);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    expect((await fetch(`${url}/nothing`)).status).toBe(404);
  } finally {
    server.close();
    server.closeAllConnections();
  }
});
