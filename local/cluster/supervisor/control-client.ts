import { request } from 'node:http';
import { SupervisorStatus } from './process-spec';

/** What the supervisor says of itself and its processes; undefined: none is running. */
export async function supervisorStatus(socket: string): Promise<SupervisorStatus | undefined> {
  const body = await call(socket, 'GET', '/status', 5_000);
  return body === undefined ? undefined : SupervisorStatus.parse(JSON.parse(body));
}

/** Asks the supervisor to stop everything and waits until it has; false: none was running, or it took too long. */
export async function stopSupervisor(socket: string, timeoutMs: number): Promise<boolean> {
  return (await call(socket, 'POST', '/stop', timeoutMs)) !== undefined;
}

function call(socketPath: string, method: string, path: string, timeout: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const sent = request({ socketPath, method, path, timeout }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        body += chunk;
      });
      response.on('end', () => resolve(body));
      response.on('error', () => resolve(undefined));
    });
    sent.on('timeout', () => sent.destroy());
    sent.on('error', () => resolve(undefined));
    sent.end();
  });
}
