import { Agent, request } from 'undici';
import { GATEWAY_HEADER } from '../../core/service-config';
import { messageOf, TransientError } from './errors';

export interface GatewayCall {
  readonly method: 'GET' | 'PUT' | 'POST';
  /** With its query. */
  readonly path: string;
  /** Sent as JSON. @default - no body */
  readonly body?: unknown;
  /** Longest that the answer may take. Milliseconds. */
  readonly deadlineMs: number;
  /** Ends the call before its time. */
  readonly signal?: AbortSignal | undefined;
}

export interface GatewayAnswer {
  readonly status: number;
  readonly headers: object;
  readonly bytes: Buffer;
}

/**
 * Calls the gateway's ledger API with our token. What does not say that it is the gateway's answer is none: a proxy on
 * the way that answers 404 must not make an event unknown.
 */
export class GatewayHttp {
  private agent = new Agent();

  constructor(
    private readonly baseUrl: string,
    /** Read for every call: the kubelet rotates it. */
    private readonly token: () => string,
  ) {}

  /** Whatever the gateway answers. Rejects with `TransientError` when it does not. */
  async call({ method, path, body, deadlineMs, signal }: GatewayCall): Promise<GatewayAnswer> {
    const deadline = AbortSignal.timeout(deadlineMs);
    const { agent } = this;
    try {
      const answer = await request(this.baseUrl + path, {
        method,
        dispatcher: agent,
        signal: signal === undefined ? deadline : AbortSignal.any([deadline, signal]),
        headers: {
          authorization: `Bearer ${this.token()}`,
          // Without a body there is no type: the gateway refuses JSON that is not there.
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const bytes = Buffer.from(await answer.body.arrayBuffer());
      if (answer.headers[GATEWAY_HEADER] === undefined) {
        throw new Error(`something else than the gateway answers: ${answer.statusCode}`);
      }
      return { status: answer.statusCode, headers: answer.headers, bytes };
    } catch (error) {
      this.leave(agent);
      throw new TransientError(messageOf(error), { cause: error });
    }
  }

  /** A connection goes on leading where the Service led when it was made: the next call makes another. */
  private leave(agent: Agent): void {
    // Another call that failed may have left it before.
    if (agent === this.agent) {
      this.agent = new Agent();
      // Calls under way end as they will.
      agent.close(() => undefined);
    }
  }
}
