import { createServer } from 'node:net';
import type { GerritAddress } from './gerrit-options';

/** An address on loopback with two ports that nobody listens on just now. */
export async function freeAddress(): Promise<GerritAddress> {
  const [httpPort, sshPort] = await Promise.all([freePort(), freePort()]);
  return { host: '127.0.0.1', httpPort, sshPort };
}

/** A port on loopback that nobody listens on just now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error('no port is free')),
      );
    });
  });
}
