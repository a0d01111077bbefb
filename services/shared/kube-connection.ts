import type { RequestOptions } from 'node:https';
import { HttpMethod, type KubeConfig, RequestContext } from '@kubernetes/client-node';
import { type Dispatcher, Pool } from 'undici';

/** Mounted tokens rotate hourly; a minute-old header is always good. */
const CREDENTIALS_MS = 60_000;
/** The API server closes idle connections after 90 s; we let go before it does, so that no request meets the closing. */
const KEEP_ALIVE_MS = 45_000;

/** Where and as whom to ask. */
export interface Access {
  readonly headers: Record<string, string>;
  /** For calls that end soon: so many connections, one request on each at a time. */
  readonly calls: Dispatcher;
  /** For watches and logs: a connection each, as many as wanted. */
  readonly streams: Dispatcher;
  /** Path before every path, for a server behind a proxy; else ''. */
  readonly prefix: string;
}

interface Held extends Access {
  readonly until: number;
  /** Whom the pools authenticate by certificate; another one needs new pools. */
  readonly identity: string;
}

/**
 * Credentials and connections of one kubeconfig. Credentials are read again every minute and when told that they are
 * refused; connections are kept.
 */
export class KubeConnection {
  private held: Held | undefined;
  private reading: Promise<Held> | undefined;

  constructor(
    private config: KubeConfig,
    readonly connections: number,
    /** Reads the kubeconfig anew. */
    private readonly reload: (() => KubeConfig) | undefined,
  ) {
    serverOf(config);
  }

  /** The same with connections of its own, so that what uses them never waits for what uses these. */
  apart(connections: number): KubeConnection {
    return new KubeConnection(this.config, connections, this.reload);
  }

  async access(): Promise<Access> {
    if (this.held !== undefined && this.held.until > Date.now()) {
      return this.held;
    }
    this.reading ??= this.read().finally(() => {
      this.reading = undefined;
    });
    return this.reading;
  }

  /** The server refused these credentials: the next call reads them anew. */
  refused(access: Access): void {
    if (this.held === access) {
      this.config = this.reload?.() ?? this.config;
      this.held = { ...this.held, until: 0 };
    }
  }

  /** Closes idle connections at once and busy ones when their request is done. */
  async close(): Promise<void> {
    await Promise.all([this.held?.calls.close(), this.held?.streams.close()]);
  }

  private async read(): Promise<Held> {
    const options: RequestOptions = {};
    await this.config.applyToHTTPSOptions(options);
    const server = new URL(serverOf(this.config));
    const { ca, cert, key, servername } = options;
    const identity = JSON.stringify([server.origin, String(ca), String(cert), String(key), servername]);
    const pools = this.held?.identity === identity ? this.held : await this.makePools(server, options);
    if (this.held !== undefined && pools !== this.held) {
      void this.close();
    }
    this.held = {
      headers: headersOf(options),
      calls: pools.calls,
      streams: pools.streams,
      prefix: server.pathname.replace(/\/+$/, ''),
      identity,
      until: Date.now() + CREDENTIALS_MS,
    };
    return this.held;
  }

  private async makePools(server: URL, options: RequestOptions): Promise<Pick<Access, 'calls' | 'streams'>> {
    if (this.config.getCurrentCluster()?.proxyUrl !== undefined) {
      const dispatcher = await libraryDispatcher(this.config);
      return { calls: dispatcher, streams: dispatcher };
    }
    const { ca, cert, key, servername, rejectUnauthorized } = options;
    const given = Object.entries({ ca, cert, key, servername, rejectUnauthorized });
    const connect = Object.fromEntries(given.filter(([, value]) => value !== undefined));
    // HTTP/1.1: one request a connection means that none waits behind another, at the server or in a socket.
    const common = { allowH2: false, pipelining: 1, connect, keepAliveTimeout: KEEP_ALIVE_MS };
    return {
      calls: new Pool(server.origin, { ...common, connections: this.connections }),
      streams: new Pool(server.origin, common),
    };
  }
}

function serverOf(config: KubeConfig): string {
  const cluster = config.getCurrentCluster();
  if (cluster === null || cluster === undefined) {
    throw new Error('kubeconfig has no current cluster; choose a context');
  }
  return cluster.server;
}

/** Proxies of all kinds are the library's business. */
async function libraryDispatcher(config: KubeConfig): Promise<Dispatcher> {
  const context = new RequestContext(serverOf(config), HttpMethod.GET);
  await config.applySecurityAuthentication(context);
  const dispatcher = context.getDispatcher();
  if (dispatcher === undefined) {
    throw new Error('kubeconfig names a proxy that the Kubernetes client library makes nothing of');
  }
  return dispatcher;
}

function headersOf({ headers, auth }: RequestOptions): Record<string, string> {
  const basic = typeof auth === 'string' ? { authorization: `Basic ${Buffer.from(auth).toString('base64')}` } : {};
  const given = Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), String(value)]);
  return { ...basic, ...Object.fromEntries(given) };
}
