import { messageOf, TransientError } from '../../shared/errors';
import { type GatewayAnswer, GatewayHttp } from '../../shared/gateway-http';
import type { LedgerPosition } from '../ledger/model-position';
import type { Chunk } from '../ledger/ship-segments';
import { REPLICA_PATH, ReplicaHeaders, type ReplicaQuery, ReplicaStatus } from './wire';

/** Beyond the wait that was asked for. A whole segment may be on its way. */
const DEADLINE_MS = 15_000;

/** What the leader says to a standby. */
export type LeaderAnswer =
  | { readonly kind: 'diverged' | 'unknown-term' }
  | {
      readonly kind: 'followed';
      readonly term: string;
      /** Oldest segment the leader still has. */
      readonly first: number;
      readonly isInStep: boolean;
      /** Undefined: nothing new. */
      readonly chunk: Chunk | undefined;
    };

/** A standby's questions to whichever replica leads. */
export class LeaderClient {
  private readonly gateway: GatewayHttp;

  constructor(baseUrl: string, token: () => string) {
    this.gateway = new GatewayHttp(baseUrl, token);
  }

  /** Rejects with `TransientError` when no leader answers. */
  async ask(query: ReplicaQuery, signal: AbortSignal): Promise<LeaderAnswer> {
    const search = new URLSearchParams(
      Object.entries(query).map(([name, value]): [string, string] => [name, String(value)]),
    );
    const path = `${REPLICA_PATH}?${search}`;
    const deadlineMs = DEADLINE_MS + query.waitSeconds * 1000;
    try {
      return read(await this.gateway.call({ method: 'GET', path, deadlineMs, signal }));
    } catch (error) {
      throw new TransientError(`no leader answers: ${messageOf(error)}`, { cause: error });
    }
  }
}

function read({ status, headers, bytes }: GatewayAnswer): LeaderAnswer {
  switch (status) {
    case ReplicaStatus.diverged:
      return { kind: 'diverged' };
    case ReplicaStatus.unknownTerm:
      return { kind: 'unknown-term' };
    case ReplicaStatus.more:
    case ReplicaStatus.nothingYet: {
      const said = ReplicaHeaders.parse(headers);
      const at: LedgerPosition = { segment: said['seakeeper-segment'], offset: said['seakeeper-offset'] };
      return {
        kind: 'followed',
        term: said['seakeeper-term'],
        first: said['seakeeper-first-segment'],
        isInStep: said['seakeeper-in-step'] === 'true',
        chunk: status === ReplicaStatus.more ? { at, bytes } : undefined,
      };
    }
    default:
      throw new TransientError(`${status} ${bytes.toString('utf8', 0, 200)}`);
  }
}
