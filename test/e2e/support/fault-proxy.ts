import {
  createServer,
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { AddressInfo } from 'node:net';
import { pipeline, Transform } from 'node:stream';
import { KubeConfig } from '@kubernetes/client-node';
import type { ApiServerFixture } from '../../../local/cluster/api-server-alone';

/** What goes wrong with one request. */
export type Fault =
  /** The server is not asked; the answer is a Status with this code. */
  | { readonly kind: 'status'; readonly status: number; readonly reason: string; readonly retryAfterSeconds?: number }
  /** The server is not asked and nobody answers. */
  | { readonly kind: 'hang' }
  /** The server is asked only after so long. */
  | { readonly kind: 'late'; readonly ms: number }
  /** The server does what it is asked, and its answer never arrives. */
  | { readonly kind: 'lost-answer' }
  /** The connection is cut after so many bytes of the answer: of a watch in the middle of a line. */
  | { readonly kind: 'cut'; readonly afterBytes: number }
  /** A watch begins and says at once that its version is too old. */
  | { readonly kind: 'watch-expired' };

export interface FaultyRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
}

/** Stands before a real server (an API server, a Gerrit) and does to requests what it is told. */
export class FaultProxy {
  /** How many of each kind have happened; a status by its number. */
  readonly injected = new Map<string, number>();
  /** Says what goes wrong with a request; undefined: nothing. */
  decide: (request: FaultyRequest) => Fault | undefined = () => undefined;
  /** Lists come in pages of so many at most, whatever the client asks for. @default - as it asks */
  pageSize: number | undefined;

  private readonly agent: HttpAgent;
  private readonly server = createServer((request, response) => this.handle(request, response));

  /** `kubeConfig`: how clients reach the upstream, if it is an API server. */
  private constructor(
    private readonly upstreamUrl: string,
    private readonly kubeConfig?: KubeConfig,
  ) {
    const ca = kubeConfig?.getCurrentCluster()?.caData;
    const options = { keepAlive: true, ...(ca === undefined ? {} : { ca: Buffer.from(ca, 'base64') }) };
    this.agent = this.isSecure ? new HttpsAgent(options) : new HttpAgent(options);
  }

  static before(upstream: ApiServerFixture): Promise<FaultProxy> {
    return new FaultProxy(upstream.url, upstream.config()).listen();
  }

  /** @param url no trailing slash */
  static beforeUrl(url: string): Promise<FaultProxy> {
    return new FaultProxy(url).listen();
  }

  /** Where it listens, no trailing slash. */
  get url(): string {
    const { port } = this.server.address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  }

  /** The upstream's kubeconfig, by way of this proxy. Between the two of them there is no TLS. */
  config(): KubeConfig {
    const config = new KubeConfig();
    config.loadFromClusterAndUser(
      { name: 'proxied', server: this.url, skipTLSVerify: true },
      this.kubeConfig?.getCurrentUser() ?? { name: 'nobody' },
    );
    return config;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
    this.agent.destroy();
  }

  private get isSecure(): boolean {
    return this.upstreamUrl.startsWith('https:');
  }

  private async listen(): Promise<this> {
    await new Promise<void>((resolve) => {
      this.server.listen(0, '127.0.0.1', resolve);
    });
    return this;
  }

  private handle(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '', 'http://proxy');
    const fault = this.decide({ method: request.method ?? '', path: url.pathname, query: url.searchParams });
    if (fault !== undefined) {
      const name = fault.kind === 'status' ? String(fault.status) : fault.kind;
      this.injected.set(name, (this.injected.get(name) ?? 0) + 1);
    }
    switch (fault?.kind) {
      case 'status':
        sendStatus(request, response, fault);
        break;
      case 'hang':
        request.resume();
        break;
      case 'late':
        setTimeout(() => this.forward(request, response, undefined, this.onwardPath(url)), fault.ms);
        break;
      case 'watch-expired':
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(`${JSON.stringify({ type: 'ERROR', object: status(410, 'Expired') })}\n`);
        break;
      default:
        this.forward(request, response, fault, this.onwardPath(url));
    }
  }

  private onwardPath(url: URL): string {
    const { pageSize } = this;
    if (pageSize !== undefined && Number(url.searchParams.get('limit') ?? 0) > pageSize) {
      url.searchParams.set('limit', String(pageSize));
    }
    return `${url.pathname}${url.search}`;
  }

  private forward(request: IncomingMessage, response: ServerResponse, fault: Fault | undefined, path: string): void {
    const { method, headers } = request;
    const send = this.isSecure ? httpsRequest : httpRequest;
    const onward = send(`${this.upstreamUrl}${path}`, { method, headers, agent: this.agent });
    onward.on('error', () => response.destroy());
    onward.on('response', (answer) => {
      if (fault?.kind === 'lost-answer') {
        answer.resume();
        return;
      }
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      // A watch that says nothing yet has begun all the same.
      response.flushHeaders();
      const parts = fault?.kind === 'cut' ? [cutAfter(fault.afterBytes, response)] : [];
      pipeline([answer, ...parts, response], () => undefined);
    });
    response.on('close', () => onward.destroy());
    pipeline(request, onward, () => undefined);
  }
}

function cutAfter(bytes: number, response: ServerResponse): Transform {
  let left = bytes;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const part = chunk.subarray(0, left);
      left -= part.length;
      done(null, part);
      // The part is on its way first.
      if (left === 0) setImmediate(() => response.destroy());
    },
  });
}

function sendStatus(
  request: IncomingMessage,
  response: ServerResponse,
  fault: Extract<Fault, { kind: 'status' }>,
): void {
  const { retryAfterSeconds } = fault;
  request.resume();
  response
    .writeHead(fault.status, {
      'content-type': 'application/json',
      ...(retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }),
    })
    .end(JSON.stringify(status(fault.status, fault.reason)));
}

const status = (code: number, reason: string) => ({
  kind: 'Status',
  apiVersion: 'v1',
  status: 'Failure',
  code,
  reason,
  message: 'injected by a test',
});
