import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { ChangeHistory } from '../../core/change-history';
import { ConfigChange } from '../../core/config-change';
import { type Decision, DecisionRecord } from '../../core/decision';
import { DryRun } from '../../core/dry-run';
import { GerritEvent } from '../../core/gerrit-event';
import { WhyQuestion } from '../../core/why-question';
import { messageOf, TerminalError, TransientError } from './errors';
import { GatewayHttp } from './gateway-http';

const TOKEN_FILE = '/var/run/secrets/seakeeper/ledger-token';
const DEADLINE_MS = 10_000;

/** The token with which this service calls the ledger. */
export function readLedgerToken(): string {
  return readFileSync(process.env['SEAKEEPER_LEDGER_TOKEN_FILE'] ?? TOKEN_FILE, 'utf8').trim();
}

const StoredEvent = z.object({ key: z.string(), event: GerritEvent, receivedAt: z.string() });
export type StoredEvent = z.infer<typeof StoredEvent>;

const Feed = z.object({ records: z.array(DecisionRecord), next: z.int() });
export type DecisionFeed = z.infer<typeof Feed>;

const ConfigFeed = z.object({ records: z.array(ConfigChange), next: z.int() });
export type ConfigFeed = z.infer<typeof ConfigFeed>;

const QuestionFeed = z.object({ records: z.array(WhyQuestion), next: z.int() });
export type QuestionFeed = z.infer<typeof QuestionFeed>;

const ChangeProject = z.object({ project: z.string() });

const Run = z.object({ record: DecisionRecord, event: GerritEvent });
export type Run = z.infer<typeof Run>;

/**
 * The gateway's ledger over its authenticated API. Unknown things are `undefined`; rejects with `TransientError` when
 * the gateway cannot be reached or is failing, and `TerminalError` when it refuses us.
 */
export class LedgerClient {
  private readonly gateway: GatewayHttp;

  constructor(baseUrl: string, token: () => string = readLedgerToken) {
    this.gateway = new GatewayHttp(baseUrl, token);
  }

  async findEvent(key: string): Promise<StoredEvent | undefined> {
    const body = await this.call('GET', `/v1/events/${encodeURIComponent(key)}`);
    return body === undefined ? undefined : StoredEvent.parse(body);
  }

  /**
   * Durable receipt of an (event, pipeline): `decided` when a terminal decision stands already, `unknown` when the
   * ledger did not hand it on.
   */
  async putReceipt(key: string, pipeline: string): Promise<'received' | 'decided' | 'unknown'> {
    const path = `/v1/receipts/${encodeURIComponent(key)}/${encodeURIComponent(pipeline)}`;
    const { status } = await this.send('PUT', path, undefined, [200, 204, 404]);
    return status === 204 ? 'received' : status === 200 ? 'decided' : 'unknown';
  }

  /** Says that we lost our memory: the gateway sends again what it was told we hold. */
  async resend(): Promise<void> {
    await this.send('POST', '/v1/resend', undefined, [204]);
  }

  /** Records a decision; the answer is the one that stands, which is another one when somebody was first. */
  async putDecision(
    key: string,
    pipeline: string,
    decision: Decision,
  ): Promise<'recorded' | 'another-stands' | 'unknown'> {
    const path = `/v1/decisions/${encodeURIComponent(key)}/${encodeURIComponent(pipeline)}`;
    const { status } = await this.send('PUT', path, decision, [204, 404, 409]);
    return status === 204 ? 'recorded' : status === 409 ? 'another-stands' : 'unknown';
  }

  /** How many of a project's last recorded events would have started each pipeline. */
  async dryRun(project: string): Promise<DryRun> {
    const { body } = await this.send('GET', `/v1/dry-run?${new URLSearchParams({ project })}`, undefined, [200]);
    return DryRun.parse(body);
  }

  /** Decisions after `after`; waits up to `waitSeconds` for one. */
  async decisions(after: number, waitSeconds: number, signal?: AbortSignal): Promise<DecisionFeed> {
    const path = `/v1/decisions?after=${after}&waitSeconds=${waitSeconds}`;
    const { body } = await this.send('GET', path, undefined, [200], { waitMs: waitSeconds * 1000, signal });
    return Feed.parse(body);
  }

  /**
   * Moves of `refs/meta/config` after `after`; waits up to `waitSeconds` for one. Without `after` the answer comes at once
   * and says where the present is.
   */
  async configChanges(after: number | undefined, waitSeconds: number, signal?: AbortSignal): Promise<ConfigFeed> {
    const from = after === undefined ? '' : `after=${after}&`;
    const path = `/v1/config-changes?${from}waitSeconds=${waitSeconds}`;
    const { body } = await this.send('GET', path, undefined, [200], { waitMs: waitSeconds * 1000, signal });
    return ConfigFeed.parse(body);
  }

  async findRun(workflowUid: string): Promise<Run | undefined> {
    const body = await this.call('GET', `/v1/runs/${encodeURIComponent(workflowUid)}`);
    return body === undefined ? undefined : Run.parse(body);
  }

  /** Comments that ask why, after `after`; waits up to `waitSeconds` for one. */
  async whyQuestions(after: number, waitSeconds: number, signal?: AbortSignal): Promise<QuestionFeed> {
    const path = `/v1/why-questions?after=${after}&waitSeconds=${waitSeconds}`;
    const { body } = await this.send('GET', path, undefined, [200], { waitMs: waitSeconds * 1000, signal });
    return QuestionFeed.parse(body);
  }

  /** Gerrit name of the project a change is of. */
  async projectOfChange(change: number): Promise<string | undefined> {
    const body = await this.call('GET', `/v1/changes/${change}`);
    return body === undefined ? undefined : ChangeProject.parse(body).project;
  }

  /** What became of a change of a project, or of one patch set of it. */
  async history(project: string, change: number, patchSet?: number): Promise<ChangeHistory | undefined> {
    const query = new URLSearchParams({ project, change: String(change) });
    if (patchSet !== undefined) {
      query.set('patchSet', String(patchSet));
    }
    const body = await this.call('GET', `/v1/why?${query}`);
    return body === undefined ? undefined : ChangeHistory.parse(body);
  }

  /** The body of a success (an empty object for 204), or undefined for 404. */
  private async call(method: 'GET' | 'PUT', path: string, body?: unknown): Promise<unknown> {
    const answer = await this.send(method, path, body, [200, 204, 404]);
    return answer.status === 404 ? undefined : (answer.body ?? {});
  }

  private async send(
    method: 'GET' | 'PUT' | 'POST',
    path: string,
    body: unknown,
    accepted: readonly number[],
    options: { waitMs?: number; signal?: AbortSignal | undefined } = {},
  ): Promise<{ status: number; body: unknown }> {
    const call = { method, path, body, deadlineMs: DEADLINE_MS + (options.waitMs ?? 0), signal: options.signal };
    const { status, bytes } = await this.gateway.call(call).catch((error: unknown) => {
      throw new TransientError(`ledger ${method} ${path}: ${messageOf(error)}`, { cause: error });
    });
    const text = bytes.toString('utf8');
    if (accepted.includes(status)) {
      return { status, body: text === '' ? undefined : JSON.parse(text) };
    }
    const Kind = status >= 500 || status === 429 || status === 401 ? TransientError : TerminalError;
    throw new Kind(`ledger ${method} ${path}: ${status} ${text.slice(0, 300)}`);
  }
}
