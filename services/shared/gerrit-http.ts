import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, type Dispatcher, request } from 'undici';
import { messageOf, TerminalError, TransientError } from './errors';

/** Gerrit puts this before every JSON answer, so that a script tag cannot read it. */
const MAGIC_PREFIX = ")]}'";
const MAX_BODY_BYTES = 16 * 1024 * 1024;
const MAX_WAIT_MS = 10_000;

export interface GerritHttpOptions {
  /** Base URL, no trailing slash. */
  readonly baseUrl: string;
  readonly account: string;
  /** HTTP password or token; read for every call, so that it can be rotated. */
  readonly password: () => string;
  /** Most time for one attempt, waiting for a free connection included. @default 15,000 */
  readonly deadlineMs?: number;
  /** Most connections to the server. @default 8 */
  readonly connections?: number;
  /** Tries of a GET, the first included. @default 4 */
  readonly attempts?: number;
  /** Wait before the second try; doubles, with jitter. @default 250 */
  readonly firstWaitMs?: number;
}

/** An answer with a status the caller said it understands. */
export interface GerritAnswer {
  readonly status: number;
  readonly text: string;
  /** The server's clock; undefined: it does not say. Milliseconds since 1970. */
  readonly date?: number | undefined;
}

type Method = 'GET' | 'PUT' | 'POST' | 'DELETE';

export interface CallOptions {
  readonly body?: unknown;
  /** Statuses besides 2xx that the caller handles; others reject. */
  readonly accepted?: readonly number[];
  /** Media type asked for. @default application/json */
  readonly accept?: string;
  /** Most time for an attempt. @default - the client's */
  readonly deadlineMs?: number | undefined;
}

/** The answer is more than is taken into memory; a part of what was asked for may not be. */
export class AnswerTooLargeError extends TerminalError {}

/** A `TransientError` that knows how long the server asked us to wait. */
class BusyError extends TransientError {
  constructor(
    message: string,
    readonly retryAfterMs: number | undefined,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/**
 * Gerrit's REST over HTTP with basic authentication: bounded connections, a deadline on every attempt, and one
 * translation of what can go wrong. GETs are tried again; nothing else is.
 *
 * Rejects with `TransientError` (unreachable, too slow, 408, 429, 5xx, not Gerrit's JSON) or `TerminalError` (any
 * other status that the caller did not accept). Messages never hold the password.
 */
export class GerritHttp {
  private readonly agent: Agent;

  constructor(private readonly options: GerritHttpOptions) {
    this.agent = new Agent({ connections: options.connections ?? 8, pipelining: 1 });
  }

  /** JSON of a GET. */
  async getJson(path: string): Promise<unknown> {
    return parseAnswer(await this.call('GET', path), `GET ${path}`);
  }

  /** JSON of a GET; undefined when the answer is 404, which Gerrit also gives for what we may not see. */
  async findJson(path: string): Promise<unknown> {
    const answer = await this.call('GET', path, { accepted: [404] });
    return answer.status === 404 ? undefined : parseAnswer(answer, `GET ${path}`);
  }

  /** One call of a path below `/a`. */
  async call(method: Method, path: string, options: CallOptions = {}): Promise<GerritAnswer> {
    const { attempts = 4, firstWaitMs = 250 } = this.options;
    const most = method === 'GET' ? attempts : 1;
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.attempt(method, path, options);
      } catch (error) {
        if (!(error instanceof BusyError) || attempt >= most) throw error;
        const wait = error.retryAfterMs ?? firstWaitMs * 2 ** (attempt - 1) * (0.5 + Math.random());
        await sleep(Math.min(wait, MAX_WAIT_MS));
      }
    }
  }

  /** Closes idle connections and lets running calls end. */
  async close(): Promise<void> {
    await this.agent.close();
  }

  private async attempt(method: Method, path: string, options: CallOptions): Promise<GerritAnswer> {
    const what = `Gerrit ${method} ${path}`;
    const { account, password, baseUrl, deadlineMs = 15_000 } = this.options;
    const credentials = Buffer.from(`${account}:${password()}`).toString('base64');
    let response: Dispatcher.ResponseData;
    let text: string;
    try {
      response = await request(`${baseUrl}/a${path}`, {
        method,
        dispatcher: this.agent,
        signal: AbortSignal.timeout(options.deadlineMs ?? deadlineMs),
        headers: {
          authorization: `Basic ${credentials}`,
          accept: options.accept ?? 'application/json',
          ...(options.body === undefined ? {} : { 'content-type': 'application/json; charset=utf-8' }),
        },
        ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
      });
      text = await readText(response);
    } catch (error) {
      throw error instanceof TerminalError
        ? error
        : new BusyError(`${what}: ${messageOf(error)}`, undefined, { cause: error });
    }
    const status = response.statusCode;
    if ((status >= 200 && status < 300) || options.accepted?.includes(status)) {
      return { status, text, date: dateOf(response.headers['date']) };
    }
    throw errorFor(what, status, text, response.headers['retry-after']);
  }
}

/** Parses an answer's JSON. Throws `TransientError` when it is none of Gerrit's: something between us answered. */
export function parseAnswer(answer: GerritAnswer, what: string): unknown {
  if (!answer.text.startsWith(MAGIC_PREFIX)) {
    throw new TransientError(`${what}: the answer is not Gerrit's JSON: ${excerpt(answer.text)}`);
  }
  try {
    return JSON.parse(answer.text.slice(MAGIC_PREFIX.length));
  } catch (cause) {
    throw new TransientError(`${what}: the answer is cut short or broken: ${messageOf(cause)}`, { cause });
  }
}

/** An answer as one line, short enough for a log. */
export function excerpt(text: string): string {
  return text.replace(/\s+/g, ' ').trim().slice(0, 300);
}

function dateOf(header: string | string[] | undefined): number | undefined {
  const date = Date.parse(String(header));
  return Number.isNaN(date) ? undefined : date;
}

async function readText(response: Dispatcher.ResponseData): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response.body) {
    const bytes: Buffer = Buffer.from(chunk);
    size += bytes.length;
    if (size > MAX_BODY_BYTES) {
      response.body.destroy();
      throw new AnswerTooLargeError(`Gerrit's answer is larger than ${MAX_BODY_BYTES} bytes`);
    }
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function errorFor(what: string, status: number, text: string, retryAfter: string | string[] | undefined): Error {
  const message = `${what}: ${status} ${excerpt(text)}`;
  if (status === 408 || status === 429 || status >= 500) {
    const seconds = Number(retryAfter);
    return new BusyError(message, retryAfter !== undefined && seconds >= 0 ? seconds * 1000 : undefined);
  }
  if (status === 401) {
    return new TerminalError(`${message}; the account's HTTP token is wrong or has run out: make a new one`);
  }
  return new TerminalError(message);
}
