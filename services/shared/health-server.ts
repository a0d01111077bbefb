import { createServer, type Server } from 'node:http';
import { register } from 'prom-client';

/** What stands between a service and being ready: a name for each thing not there yet. */
export class Readiness {
  private readonly missing = new Map<string, string>();

  /** Says that `what` is not there, and why. */
  waitFor(what: string, why: string): void {
    this.missing.set(what, why);
  }

  /** Says that `what` is there. */
  has(what: string): void {
    this.missing.delete(what);
  }

  /** Everything still missing, as `what: why`. */
  get reasons(): readonly string[] {
    return [...this.missing].map(([what, why]) => `${what}: ${why}`);
  }
}

/** Serves `/healthz` (the event loop turns), `/readyz` (nothing missing, or what is) and `/metrics` (Prometheus text). */
export async function startHealthServer(port: number, readiness: Readiness): Promise<Server> {
  const server = createServer((request, response) => {
    const send = (status: number, body: string, type = 'text/plain; charset=utf-8') => {
      response.writeHead(status, { 'content-type': type }).end(body);
    };
    switch (request.url) {
      case '/healthz':
        return send(200, 'ok\n');
      case '/readyz': {
        const { reasons } = readiness;
        return reasons.length === 0 ? send(200, 'ok\n') : send(503, `${reasons.join('\n')}\n`);
      }
      case '/metrics':
        return void register.metrics().then(
          (text) => send(200, text, register.contentType),
          (error: unknown) => send(500, `${String(error)}\n`),
        );
      default:
        return send(404, 'no such page; there are /healthz, /readyz and /metrics\n');
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, resolve);
  });
  return server;
}
