import { hostname } from 'node:os';
import { KubeConfig } from '@kubernetes/client-node';
import pLimit, { type LimitFunction } from 'p-limit';
import type { Dispatcher } from 'undici';
import { TransientError } from './errors';
import { allowWrite, askAtTheSocket, type Fence } from './fence';
import { asTransient, throwUnlessOk } from './kube-answer';
import { type Access, KubeConnection } from './kube-connection';
import { type ListOptions, type ListPage, listPages } from './kube-list';
import { readLines } from './read-lines';

export { NotLeaderError } from './fence';
export { type KubeCause, KubeError, unlessGone } from './kube-error';

/** What audit logs and an object's managedFields call us, when nobody says more. */
const USER_AGENT = 'seakeeper';
const DEADLINE_MS = 30_000;
const CONNECTIONS = 32;
/** The API server sends a bookmark about every minute: a watch without a byte for longer than this is dead. */
const SILENCE_MS = 150_000;

const JSON_TYPE = 'application/json';

/** Asks for whole objects, or for the metadata of one or of a list alone. */
const acceptOf = (metadataOnly: boolean | undefined, kind = 'PartialObjectMetadata') =>
  metadataOnly ? `${JSON_TYPE};as=${kind};g=meta.k8s.io;v=v1,${JSON_TYPE}` : JSON_TYPE;

export type PatchType = 'merge' | 'json' | 'apply';

const CONTENT_TYPE: Record<PatchType, string> = {
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
  apply: 'application/apply-patch+yaml',
};

export interface KubeClientOptions {
  /** Who calls, for audit logs, such as `seakeeper-provisioner/POD`. @default seakeeper */
  readonly userAgent?: string;
  /** Calls under way at once; more wait here, none of them in a socket. @default 32 */
  readonly connections?: number;
  /** Reads the kubeconfig anew when the server refuses the credentials. @default - it stays as it is */
  readonly reload?: () => KubeConfig;
}

export interface CallOptions {
  /** Answer with metadata only: a write whose result nobody reads costs less. @default false */
  readonly metadataOnly?: boolean | undefined;
  /** Milliseconds until the call is given up. @default 30000 */
  readonly timeoutMs?: number;
}

export interface WatchOptions {
  /** Milliseconds without a byte after which the watch counts as dead. @default 150000 */
  readonly silenceMs?: number | undefined;
  readonly metadataOnly?: boolean | undefined;
}

/** Deletes only this very object: others of the same name stay. */
export interface Preconditions {
  readonly uid?: string;
  readonly resourceVersion?: string;
}

/** Kubernetes' own, as far as anybody here uses them. */
export interface DeleteOptions {
  readonly preconditions?: Preconditions;
  readonly propagationPolicy?: 'Orphan' | 'Background' | 'Foreground';
  readonly gracePeriodSeconds?: number;
  readonly dryRun?: readonly ['All'];
}

interface Call extends CallOptions {
  readonly method: Dispatcher.HttpMethod;
  readonly path: string;
  readonly body?: unknown;
  readonly contentType?: string;
  readonly accept?: string;
}

/**
 * The few verbs we use against the API server, by path. Credentials and addresses are the client library's business;
 * connections are ours, so that they are kept alive and their number is known.
 *
 * Rejects with `KubeError` when the server refuses, `TransientError` when it cannot be reached or does not answer in
 * time, and, when fenced, `NotLeaderError` when a write was not sent.
 */
export class KubeClient {
  private readonly connection: KubeConnection;
  private readonly userAgent: string;
  private readonly limit: LimitFunction;
  private fence: Fence | undefined;
  private writing = new Set<Promise<unknown>>();

  constructor(config: KubeConfig | KubeConnection, options: KubeClientOptions = {}) {
    this.userAgent = options.userAgent ?? USER_AGENT;
    const connections = options.connections ?? CONNECTIONS;
    this.connection =
      config instanceof KubeConnection ? config : new KubeConnection(config, connections, options.reload);
    this.limit = pLimit(connections);
  }

  /** From the pod's own ServiceAccount, or from KUBECONFIG outside a cluster. `service` names us in audit logs. */
  static fromEnvironment(service?: string, options: Pick<KubeClientOptions, 'connections'> = {}): KubeClient {
    const load = () => {
      const config = new KubeConfig();
      config.loadFromDefault();
      return config;
    };
    const userAgent = service === undefined ? USER_AGENT : `${USER_AGENT}-${service}/${processName()}`;
    return new KubeClient(load(), { ...options, userAgent, reload: load });
  }

  /** The same server, credentials and fence over connections of its own: it never waits for this one's calls. */
  apart(connections: number): KubeClient {
    const apart = new KubeClient(this.connection.apart(connections), { userAgent: this.userAgent, connections });
    apart.fence = this.fence;
    apart.writing = this.writing;
    return apart;
  }

  /**
   * The same client, but no write of it is sent unless the fence allows it, and each is over before the fence's time
   * is: the server is told to give up by then, and so do we. Reads are not fenced.
   */
  fenced(fence: Fence): KubeClient {
    const fenced = new KubeClient(this.connection, {
      userAgent: this.userAgent,
      connections: this.connection.connections,
    });
    fenced.fence = fence;
    return fenced;
  }

  /** Closes the connections once they are idle. */
  async close(): Promise<void> {
    await this.connection.close();
  }

  /** Resolves when no fenced write is under way any more. */
  async settled(): Promise<void> {
    while (this.writing.size > 0) {
      await Promise.allSettled(this.writing);
    }
  }

  get(path: string, options: CallOptions = {}): Promise<unknown> {
    return this.json({ method: 'GET', path, ...options });
  }

  create(path: string, body: object, options: CallOptions = {}): Promise<unknown> {
    return this.json({ method: 'POST', path, body, ...options });
  }

  /** Replaces the whole object; with a resourceVersion in it only if that is still its version. */
  put(path: string, body: object, options: CallOptions = {}): Promise<unknown> {
    return this.json({ method: 'PUT', path, body, ...options });
  }

  patch(path: string, type: PatchType, body: unknown, options: CallOptions = {}): Promise<unknown> {
    return this.json({ method: 'PATCH', path, body, contentType: CONTENT_TYPE[type], ...options });
  }

  /** Server-side apply under a field manager. `force` takes fields over from other managers. */
  apply(
    path: string,
    body: object,
    { fieldManager, force = false, ...options }: { fieldManager: string; force?: boolean } & CallOptions,
  ): Promise<unknown> {
    const query = new URLSearchParams({ fieldManager, force: String(force) });
    return this.patch(`${path}?${query}`, 'apply', body, options);
  }

  delete(path: string, body: DeleteOptions = {}): Promise<unknown> {
    return this.json({ method: 'DELETE', path, body });
  }

  /** Plain text answer, such as a pod's log. */
  text(path: string): Promise<string> {
    return this.call({ method: 'GET', path, accept: '*/*' });
  }

  /** A collection, page by page; see `ListPage`. */
  list(path: string, options: ListOptions = {}): AsyncGenerator<ListPage> {
    const accept = acceptOf(options.metadataOnly, 'PartialObjectMetadataList');
    return listPages((page) => this.json({ method: 'GET', path: page, accept }), path, options);
  }

  /** Lines of a watch, parsed; ends when the server closes it or `signal` fires, throws when it falls silent. */
  async *watch(path: string, signal: AbortSignal, options: WatchOptions = {}): AsyncGenerator<unknown> {
    const silenceMs = options.silenceMs ?? SILENCE_MS;
    try {
      const response = await this.authenticated((access) =>
        access.streams.request({
          method: 'GET',
          path: access.prefix + path,
          headers: this.headers(access, acceptOf(options.metadataOnly)),
          signal,
          headersTimeout: DEADLINE_MS,
          bodyTimeout: silenceMs,
        }),
      );
      await throwUnlessOk(`GET ${path}`, response);
      for await (const line of readLines(response.body)) {
        yield JSON.parse(line);
      }
    } catch (error) {
      throw asTransient(`GET ${path}`, error);
    }
  }

  private async json(call: Call): Promise<unknown> {
    const text = await this.call(call);
    try {
      return JSON.parse(text);
    } catch {
      throw new TransientError(`${call.method} ${call.path}: the answer is not JSON: ${text.slice(0, 200)}`);
    }
  }

  private call(call: Call): Promise<string> {
    if (this.fence === undefined || call.method === 'GET') {
      return this.limit(() => this.send(call, call.timeoutMs ?? DEADLINE_MS));
    }
    const { fence } = this;
    const sent = this.limit(() => this.sendFenced(call, fence));
    this.writing.add(sent);
    const done = () => this.writing.delete(sent);
    sent.then(done, done);
    return sent;
  }

  private async sendFenced(call: Call, fence: Fence): Promise<string> {
    const name = `${call.method} ${call.path}`;
    const allowedMs = allowWrite(fence, name, call.timeoutMs ?? DEADLINE_MS);
    const separator = call.path.includes('?') ? '&' : '?';
    // The server's own deadline holds where ours cannot: what it has taken in goes on when we are stopped or cut off.
    const path = `${call.path}${separator}timeout=${allowedMs}ms`;
    return this.send({ ...call, path }, allowedMs, askAtTheSocket(fence, name, allowedMs));
  }

  private async send(
    call: Call,
    timeoutMs: number,
    interceptor?: Dispatcher.DispatcherComposeInterceptor,
  ): Promise<string> {
    const { method, path, body, contentType = JSON_TYPE } = call;
    const name = `${method} ${path}`;
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
    try {
      const response = await this.authenticated((access) =>
        (interceptor === undefined ? access.calls : access.calls.compose(interceptor)).request({
          method,
          path: access.prefix + path,
          headers: this.headers(
            access,
            call.accept ?? acceptOf(call.metadataOnly),
            body === undefined ? undefined : contentType,
          ),
          body: body === undefined ? null : JSON.stringify(body),
          signal: deadline.signal,
        }),
      );
      await throwUnlessOk(name, response);
      return await response.body.text();
    } catch (error) {
      throw asTransient(name, error);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Once more with credentials read anew when these are refused: a token may have run out a moment ago. */
  private async authenticated(
    request: (access: Access) => Promise<Dispatcher.ResponseData>,
  ): Promise<Dispatcher.ResponseData> {
    const access = await this.connection.access();
    const response = await request(access);
    if (response.statusCode !== 401) {
      return response;
    }
    await response.body.dump();
    this.connection.refused(access);
    return request(await this.connection.access());
  }

  private headers(access: Access, accept: string, contentType?: string): Record<string, string> {
    return {
      ...access.headers,
      accept,
      'user-agent': this.userAgent,
      ...(contentType === undefined ? {} : { 'content-type': contentType }),
    };
  }
}

/** Which process: in a pod the host's name is the pod's. */
function processName(): string {
  return process.env['HOSTNAME'] ?? hostname();
}
