import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, createServer, type Server as NetServer, type Socket } from 'node:net';
import { KubeConfig } from '@kubernetes/client-node';
import { Label } from '../../../../core/labels';
import { KubeClient } from '../../../../services/shared/kube-client';

const POD = /\/pods\/gateway-(\d+)$/;

interface LeaseObject {
  readonly metadata: { readonly resourceVersion: string; readonly annotations?: Record<string, string> };
  readonly spec: Record<string, unknown>;
}

interface LeaseWrite {
  readonly metadata?: { readonly resourceVersion?: string; readonly annotations?: Record<string, string> };
  readonly spec?: Record<string, unknown>;
}

interface Answer {
  readonly status: number;
  readonly object: unknown;
}

/**
 * As much of a cluster as two replicas of the gateway need of it: an API server that keeps one Lease, with conditional
 * writes and watches, and the labels of their pods; and the Service, which is a way to the port of the pod labelled.
 */
export class LoopbackCluster {
  lease: LeaseObject | undefined;
  readonly roles = new Map<number, string>();
  /** Replicas whose calls to the API server are lost. */
  readonly cutOff = new Set<string>();
  private readonly watchers = new Set<ServerResponse>();
  private readonly sockets = new Set<Socket>();
  private readonly clients: KubeClient[] = [];
  private version = 0;
  private api: Server | undefined;
  private service: NetServer | undefined;

  /** @param ledgerPorts by ordinal */
  constructor(private readonly ledgerPorts: readonly number[]) {}

  async start(): Promise<void> {
    this.api = createHttpServer((request, response) => void this.answer(request, response));
    this.api.listen(0, '127.0.0.1');
    this.service = createServer((socket) => this.forward(socket));
    this.service.listen(0, '127.0.0.1');
    await Promise.all([once(this.api, 'listening'), once(this.service, 'listening')]);
  }

  async stop(): Promise<void> {
    await Promise.all(this.clients.map((client) => client.close()));
    this.api?.close();
    this.api?.closeAllConnections();
    this.service?.close();
    for (const socket of this.sockets) {
      socket.destroy();
    }
  }

  /** Base URL of the ledger of whoever leads. */
  get ledgerUrl(): string {
    return `http://127.0.0.1:${portOf(this.service)}`;
  }

  get leader(): number | undefined {
    return [...this.roles].find(([, role]) => role === 'leader')?.[0];
  }

  /** The API server as one replica reaches it. */
  client(replica: string): KubeClient {
    const config = new KubeConfig();
    config.loadFromClusterAndUser(
      { name: 'loopback', server: `http://127.0.0.1:${portOf(this.api)}`, skipTLSVerify: true },
      { name: replica, token: replica },
    );
    const client = new KubeClient(config);
    this.clients.push(client);
    return client;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) {
      chunks.push(chunk as Buffer);
    }
    if (this.cutOff.has(request.headers.authorization?.replace('Bearer ', '') ?? '')) {
      request.socket.destroy();
      return;
    }
    const url = new URL(request.url ?? '/', 'http://loopback');
    if (url.searchParams.has('watch')) {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.flushHeaders();
      this.watchers.add(response);
      response.on('close', () => this.watchers.delete(response));
      return;
    }
    const body = chunks.length > 0 ? JSON.parse(Buffer.concat(chunks).toString('utf8')) : {};
    const ordinal = POD.exec(url.pathname)?.[1];
    const { status, object } =
      ordinal === undefined ? this.answerLease(request.method, body) : this.label(Number(ordinal), body);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(object));
  }

  private answerLease(method: string | undefined, body: LeaseWrite): Answer {
    if (method === 'POST') {
      return this.lease === undefined
        ? { status: 201, object: this.write(body) }
        : { status: 409, object: { reason: 'AlreadyExists' } };
    }
    if (this.lease === undefined) {
      return { status: 404, object: { reason: 'NotFound' } };
    }
    if (method !== 'PATCH') {
      return { status: 200, object: this.lease };
    }
    return body.metadata?.resourceVersion === this.lease.metadata.resourceVersion
      ? { status: 200, object: this.write(body) }
      : { status: 409, object: { reason: 'Conflict', message: 'another version' } };
  }

  private write(body: LeaseWrite): LeaseObject {
    this.version += 1;
    this.lease = {
      metadata: {
        resourceVersion: String(this.version),
        annotations: { ...this.lease?.metadata.annotations, ...body.metadata?.annotations },
      },
      spec: { ...this.lease?.spec, ...body.spec },
    };
    for (const watcher of this.watchers) {
      watcher.write(`${JSON.stringify({ type: 'MODIFIED', object: this.lease })}\n`);
    }
    return this.lease;
  }

  private label(ordinal: number, body: { metadata: { labels: Record<string, string | null> } }): Answer {
    const role = body.metadata.labels[Label.role];
    if (typeof role === 'string') {
      this.roles.set(ordinal, role);
    } else {
      this.roles.delete(ordinal);
    }
    return { status: 200, object: { kind: 'Pod' } };
  }

  private forward(socket: Socket): void {
    const port = this.leader === undefined ? undefined : this.ledgerPorts[this.leader];
    if (port === undefined) {
      socket.destroy();
      return;
    }
    const onward = connect(port, '127.0.0.1');
    for (const [one, other] of [
      [socket, onward],
      [onward, socket],
    ] as const) {
      this.sockets.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        this.sockets.delete(one);
        other.destroy();
      });
    }
    socket.pipe(onward).pipe(socket);
  }
}

function portOf(server: Server | NetServer | undefined): number {
  if (server === undefined) {
    throw new Error('the loopback cluster was not started');
  }
  return (server.address() as AddressInfo).port;
}

/** A port that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const port = portOf(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}
