import { setTimeout as sleep } from 'node:timers/promises';
import { HttpMethod, type KubeConfig, RequestContext } from '@kubernetes/client-node';
import { type Dispatcher, request } from 'undici';
import { z } from 'zod';
import { isObject, type Json, type JsonObject } from './json';

const Status = z.object({
  reason: z.string().default(''),
  message: z.string().default(''),
  details: z
    .object({
      kind: z.string().default(''),
      name: z.string().default(''),
      causes: z
        .array(
          z.object({ reason: z.string().default(''), message: z.string().default(''), field: z.string().default('') }),
        )
        .default([]),
    })
    .prefault({}),
});
export type ApiStatus = z.infer<typeof Status>;

/** The API server's refusal, in its words. */
export class ApiError extends Error {
  override readonly name = 'ApiError';

  constructor(
    /** HTTP status. */
    readonly code: number,
    readonly status: ApiStatus,
  ) {
    super(status.message || `HTTP ${code}`);
  }
}

/** No answer came: the server is away, or something before it is. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError';

  constructor(server: string, cause: unknown) {
    super(`Kubernetes API server ${server} does not answer: ${reasonOf(cause)}`, { cause });
  }
}

export const isStatus = (error: unknown, code: number): error is ApiError =>
  error instanceof ApiError && error.code === code;

/** Options of a server-side apply. */
export interface ApplyOptions {
  readonly fieldManager: string;
  /** Take fields over from other managers instead of failing with a conflict. */
  readonly force: boolean;
  /** Ask what would be, and change nothing. */
  readonly dryRun: boolean;
}

const DEADLINE_MS = 60_000;
const RETRY_AFTER_MS = [200, 1000];
const CREDENTIALS_MS = 60_000;

interface Credentials {
  readonly headers: Record<string, string>;
  readonly dispatcher: Dispatcher | undefined;
  readonly until: number;
}

interface RequestOptions {
  readonly body?: Json;
  readonly contentType?: string;
  readonly accept?: string;
}

/**
 * The API server, by path. Connections are kept alive and shared. Every verb used here is idempotent, so a request
 * that got no answer is sent again twice before `UnreachableError`; a refusal is an `ApiError` at once.
 */
export class ApiServer {
  readonly url: string;
  private credentials: Credentials | undefined;

  constructor(
    private readonly config: KubeConfig,
    private readonly onWarning: (warning: string) => void = () => {},
  ) {
    const cluster = config.getCurrentCluster();
    if (!cluster) throw new Error(`kubeconfig has no cluster for context '${config.getCurrentContext()}'`);
    this.url = cluster.server;
  }

  async get(path: string, accept?: string): Promise<JsonObject> {
    return this.json('GET', path, accept === undefined ? {} : { accept });
  }

  async apply(path: string, object: JsonObject, options: ApplyOptions): Promise<JsonObject> {
    const query = new URLSearchParams({
      fieldManager: options.fieldManager,
      force: String(options.force),
      fieldValidation: 'Warn',
      ...(options.dryRun ? { dryRun: 'All' } : {}),
    });
    return this.json('PATCH', `${path}?${query}`, { body: object, contentType: 'application/apply-patch+yaml' });
  }

  async delete(path: string, body: JsonObject): Promise<JsonObject> {
    return this.json('DELETE', path, { body });
  }

  private async json(method: Dispatcher.HttpMethod, path: string, options: RequestOptions): Promise<JsonObject> {
    for (const pause of [...RETRY_AFTER_MS, undefined]) {
      try {
        return await this.send(method, path, options);
      } catch (error) {
        if (pause === undefined || !isPassing(error)) throw error;
        await sleep(pause);
      }
    }
    throw new Error('unreachable');
  }

  private async send(method: Dispatcher.HttpMethod, path: string, options: RequestOptions): Promise<JsonObject> {
    const { headers, dispatcher } = await this.authenticate();
    const { body, contentType = 'application/json', accept = 'application/json' } = options;
    let text: string;
    let response: Dispatcher.ResponseData;
    try {
      response = await request(this.url + path, {
        method,
        headers: { ...headers, accept, ...(body === undefined ? {} : { 'content-type': contentType }) },
        signal: AbortSignal.timeout(DEADLINE_MS),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        ...(dispatcher === undefined ? {} : { dispatcher }),
      });
      text = await response.body.text();
    } catch (error) {
      throw new UnreachableError(this.url, error);
    }
    if (response.statusCode >= FIRST_ERROR) throw new ApiError(response.statusCode, parseStatus(text));
    this.reportWarnings(response.headers['warning']);
    return parseObject(text);
  }

  private reportWarnings(header: string | string[] | undefined): void {
    for (const [, text] of String(header ?? '').matchAll(/299 - "((?:[^"\\]|\\.)*)"/g)) {
      if (text !== undefined) this.onWarning(text.replace(/\\(.)/g, '$1'));
    }
  }

  private async authenticate(): Promise<Credentials> {
    const now = Date.now();
    if (this.credentials === undefined || this.credentials.until < now) {
      const context = new RequestContext(this.url, HttpMethod.GET);
      await this.config.applySecurityAuthentication(context);
      // The library makes a connection pool each time; one for the whole run keeps connections alive.
      const dispatcher = this.credentials?.dispatcher ?? context.getDispatcher();
      this.credentials = { headers: context.getHeaders(), dispatcher, until: now + CREDENTIALS_MS };
    }
    return this.credentials;
  }
}

const FIRST_ERROR = 400;
const TOO_MANY_REQUESTS = 429;
const BAD_GATEWAY = 502;
const SERVICE_UNAVAILABLE = 503;

const isPassing = (error: unknown): boolean =>
  error instanceof UnreachableError ||
  (error instanceof ApiError && [TOO_MANY_REQUESTS, BAD_GATEWAY, SERVICE_UNAVAILABLE].includes(error.code));

function parseObject(text: string): JsonObject {
  // A member that is null says no more than one that is not there.
  const value: Json = JSON.parse(text, (_, member: Json) => (isObject(member) ? withoutNulls(member) : member));
  return isObject(value) ? value : {};
}

function withoutNulls(object: JsonObject): JsonObject {
  const entries = Object.entries(object);
  return entries.some(([, value]) => value === null)
    ? Object.fromEntries(entries.filter(([, value]) => value !== null))
    : object;
}

function parseStatus(text: string): ApiStatus {
  try {
    return Status.parse(JSON.parse(text));
  } catch {
    return Status.parse({ message: text.slice(0, 500) });
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? reasonOf(error.cause) : error.message;
}
