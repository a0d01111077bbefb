import type { GatewayConfig } from '../../core/service-config';
import { renderMissingGrants } from '../shared/decide-grants';
import { messageOf } from '../shared/errors';
import type { GerritClient } from '../shared/gerrit-client';
import { checkGrants } from '../shared/gerrit-grants';
import type { Readiness } from '../shared/health-server';
import type { Logger } from '../shared/log';
import { compileExplain } from './decide-objections';
import { startEventSourceServer } from './event-source-server';
import { openGatewayCore, type Recovery } from './gateway-core';
import { DiskSegments } from './ledger/disk-segments';
import { createLedgerApi } from './ledger-api';
import { SshStreamSource } from './ssh-stream-source';
import type { Authenticate } from './token-reviewer';

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
}

export interface RunningGateway {
  readonly eventSourcePort: number;
  /** Base URL of the ledger's API. */
  readonly ledgerUrl: string;
  readonly stop: () => Promise<void>;
}

/** Starts all parts of the gateway, the ledger first. Rejects when one cannot start. */
export async function startGateway(options: GatewayOptions): Promise<RunningGateway> {
  const { config, log, readiness, gerrit } = options;
  const stopping = new AbortController();
  const signal = AbortSignal.any([options.signal, stopping.signal]);
  readiness.waitFor('event-stream', 'Gerrit streams no events to us yet');

  const core = await openGatewayCore({
    config,
    store: new DiskSegments(config.ledgerDirectory),
    gerrit,
    recovery: options.recovery,
    log,
    signal,
    // Thrown outside any promise it ends the process: only a fresh start can tell what is on disk.
    onFailure: (error) =>
      setImmediate(() => {
        throw error;
      }),
    onSilentStream: () => source.restart(),
  });
  const { ledger, handOn, stream } = core;
  const source = new SshStreamSource({
    ...stream,
    endpoint: config.gerrit,
    privateKey: options.privateKey,
    log,
    onConnected: () => {
      stream.onConnected();
      readiness.has('event-stream');
      void sayMissingGrants(options);
    },
    onDisconnected: (end) => {
      stream.onDisconnected(end);
      if (end === 'denied') {
        void sayMissingGrants(options);
      }
    },
  });

  const eventSource = await startEventSourceServer(options.eventSourceAddress, handOn, log);
  const api = createLedgerApi({
    ledger,
    handOn,
    authenticate: options.authenticate,
    explain: compileExplain(config.pipelines),
    log,
    signal,
  });
  const ledgerUrl = await api.listen({ ...options.ledgerAddress });
  core.start();
  const streaming = source.run(signal);

  return {
    eventSourcePort: eventSource.port,
    ledgerUrl,
    stop: async () => {
      stopping.abort();
      eventSource.stop();
      await api.close();
      await streaming;
      await core.stop();
    },
  };
}

/** Says what Gerrit's administrators have still to grant, with the lines to paste. */
async function sayMissingGrants({ config, gerrit, log }: GatewayOptions): Promise<void> {
  const needs = { streamEvents: true, readConfig: true, votes: {} };
  try {
    const missing = await checkGrants(gerrit, config.gerrit, needs);
    if (missing.length > 0) {
      log.error({ missing: renderMissingGrants(missing) }, 'grants are missing in Gerrit');
    }
  } catch (error) {
    log.warn({ reason: messageOf(error) }, 'grants in Gerrit could not be checked');
  }
}
