import type { GatewayConfig } from '../../core/service-config';
import type { GerritClient } from '../shared/gerrit-client';
import type { Readiness } from '../shared/health-server';
import type { KubeClient } from '../shared/kube-client';
import type { LeaseTimings } from '../shared/leader-election/lease';
import type { Logger } from '../shared/log';
import type { Recovery } from './gateway-core';
import type { Authenticate } from './token-reviewer';

/** What makes one of several replicas. */
export interface ReplicaParts {
  readonly kube: KubeClient;
  /** Token for the ledger of whoever leads; read for every call. */
  readonly ledgerToken: () => string;
  /** Number of this replica. @default - as the host's name says */
  readonly ordinal?: number;
  /** @default - 15 s, renewed every 2 s */
  readonly timings?: LeaseTimings;
}

export interface GatewayOptions {
  readonly config: GatewayConfig;
  readonly log: Logger;
  readonly readiness: Readiness;
  readonly signal: AbortSignal;
  readonly gerrit: GerritClient;
  /** @default - changes are all that is read */
  readonly recovery?: Recovery | undefined;
  readonly privateKey: () => string;
  readonly authenticate: Authenticate;
  /** `host:port` of the EventSource contract; port 0 chooses one. */
  readonly eventSourceAddress: string;
  readonly ledgerAddress: { readonly host: string; readonly port: number };
  /** Needed when `config.standby` says that there are other replicas. @default - there are none */
  readonly replica?: ReplicaParts;
}
