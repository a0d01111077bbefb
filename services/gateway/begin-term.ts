import { setTimeout as sleep } from 'node:timers/promises';
import type { Fence } from '../shared/fence';
import { compileDryRun } from './decide-dry-run';
import { compileExplain } from './decide-objections';
import { startEventSourceServer } from './event-source-server';
import { type GatewayCore, openGatewayCore } from './gateway-core';
import type { GatewayOptions } from './gateway-options';
import type { ReadSegments } from './ledger/read-segments';
import type { SegmentStore } from './ledger/segment-store';
import { createLedgerApi } from './ledger-api';
import type { Office } from './replication/leadership';
import { Replication } from './replication/replication';

/** Longest that a leader which stops waits for its standbys to have the last of it. */
const LAST_COPY_MS = 2_000;

export interface TermOptions {
  readonly gateway: GatewayOptions;
  readonly store: SegmentStore;
  /** What a standby has read of the store already. @default - it is read */
  readonly read?: ReadSegments;
  readonly office: Office;
  /** Whether readers may have seen more than this ledger holds. @default false */
  readonly mayBeBehind?: boolean;
  /** Fires when leading is over. */
  readonly signal: AbortSignal;
  readonly onFailure: (error: Error) => void;
  readonly onSilentStream: () => void;
}

/** Where a leader is reached. */
export interface Doors {
  readonly eventSourcePort: number;
  /** Base URL of the ledger's API. */
  readonly ledgerUrl: string;
}

/** One time of leading. */
export interface Term {
  readonly core: GatewayCore;
  readonly doors: Doors;
  readonly stop: () => Promise<void>;
}

/** Begins what only a leader does: the ledger is written, and answers; what is undecided is handed on. */
export async function beginTerm(options: TermOptions): Promise<Term> {
  const { gateway, office, signal, store, read, onFailure, onSilentStream } = options;
  const { config, log, gerrit, recovery } = gateway;
  const opened: (() => Promise<void> | void)[] = [];
  const stop = async () => {
    for (const close of opened.splice(0).reverse()) {
      await close();
    }
  };
  try {
    const core = await openGatewayCore({
      ...{ config, store, gerrit, recovery, log, signal, onFailure, onSilentStream },
      ...(read === undefined ? {} : { read }),
    });
    opened.push(core.stop);
    if (options.mayBeBehind === true) {
      await core.ledger.skipNumbers();
    }
    const replication = new Replication({ end: () => core.ledger.shipped.end, record: office.record, log });
    opened.push(() => replication.stop());
    await replication.start();

    const leads = () => doesLead(office.fence);
    const api = createLedgerApi({
      ledger: core.ledger,
      handOn: core.handOn,
      authenticate: gateway.authenticate,
      explain: compileExplain(config.pipelines),
      dryRun: compileDryRun({ pipelines: config.pipelines, account: config.gerrit.account }),
      log,
      signal,
      standbys: {
        leads,
        asked: (id, held) => replication.asked(id, held),
        commit: () => replication.commit(),
      },
    });
    opened.push(() => api.close());
    const ledgerUrl = await api.listen({ ...gateway.ledgerAddress });
    const eventSource = await startEventSourceServer(gateway.eventSourceAddress, core.handOn, log, leads);
    opened.push(async () => {
      eventSource.stop();
      if (leads()) {
        await Promise.race([replication.commit(), sleep(LAST_COPY_MS, undefined, { ref: false })]);
      }
    });
    await office.announce();
    core.start();
    return { core, doors: { eventSourcePort: eventSource.port, ledgerUrl }, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function doesLead(fence: Fence): boolean {
  const remaining = fence.remainingMs();
  return remaining > 0 && remaining >= fence.marginMs;
}
