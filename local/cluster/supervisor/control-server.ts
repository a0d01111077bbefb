import { chmodSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { SupervisorStatus } from './process-spec';

/** What the control socket offers: `GET /status` and `POST /stop` (answers when everything has ended). */
export type Controls = Readonly<{ status: () => SupervisorStatus; stop: () => Promise<void> }>;

/** Serves the controls on a unix socket that only root may use. Resolves when it listens. */
export async function serveControls(socket: string, controls: Controls): Promise<Server> {
  const server = createServer(async (request, response) => {
    if (request.method === 'GET' && request.url === '/status') {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(controls.status()));
    } else if (request.method === 'POST' && request.url === '/stop') {
      await controls.stop();
      response.statusCode = 204;
      response.end();
    } else {
      response.statusCode = 404;
      response.end();
    }
  });
  rmSync(socket, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(socket, resolve);
  });
  chmodSync(socket, 0o600);
  return server;
}
