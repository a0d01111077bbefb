import { setTimeout as sleep } from 'node:timers/promises';
import type { GatewayConfig } from '../../core/service-config';
import { renderMissingGrants } from '../shared/decide-grants';
import { messageOf } from '../shared/errors';
import type { GerritClient } from '../shared/gerrit-client';
import { checkGrants } from '../shared/gerrit-grants';
import type { Readiness } from '../shared/health-server';
import type { Logger } from '../shared/log';
import { compileCoarseFilter } from './decide-coarse-filter';
import { startEventSourceServer } from './event-source-server';
import { GerritIntake } from './gerrit-intake';
import { HandOn } from './hand-on';
import { DiskSegments } from './ledger/disk-segments';
import { Ledger } from './ledger/ledger';
import { createLedgerApi } from './ledger-api';
import { metrics } from './metrics';
import { objectionsOf } from './render-objections';
import { RestSweep } from './rest-sweep';
import { SshStreamSource } from './ssh-stream-source';
import type { Authenticate } from './token-reviewer';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MOST_WAIT_MS = 60_000;
const STOP_WAIT_MS = 5_000;
/** With this much waiting for the disk the stream is read no further. Bytes. */
const MOST_BACKLOG = 8 * 1024 * 1024;
/** What REST shows and a stream has not said for so long, it will not say. */
const SILENT_AFTER_MS = 30_000;

export interface GatewayOptions {
  readonly config: GatewayConfig;
  readonly log: Logger;
  readonly readiness: Readiness;
  readonly signal: AbortSignal;
  readonly gerrit: GerritClient;
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
  const server = config.gerrit.name;
  const stopping = new AbortController();
  const signal = AbortSignal.any([options.signal, stopping.signal]);
  const filter = compileCoarseFilter({ pipelines: config.pipelines, account: config.gerrit.account });
  readiness.waitFor('event-stream', 'Gerrit streams no events to us yet');

  const ledger = await Ledger.open({
    store: new DiskSegments(config.ledgerDirectory),
    log,
    onSynced: (seconds) => metrics.fsync.observe(seconds),
    // Thrown outside any promise it ends the process: only a fresh start can tell what is on disk.
    onFailure: (error) =>
      setImmediate(() => {
        throw error;
      }),
  });
  const handOn = new HandOn({
    server,
    pipelines: config.pipelines.map(({ name }) => name),
    rules: {
      window: config.window,
      firstWaitMs: config.resendAfterSeconds * 1000,
      mostWaitMs: MOST_WAIT_MS,
      deadLetterAfterMs: config.deadLetterAfterDays * DAY_MS,
    },
    ledger,
    log,
  });
  await handOn.start();

  const intake = new GerritIntake({ server, filter, ledger, handOn, gerrit, onGap: () => sweep.request(), log });
  let connectedAt: number | undefined;
  const source = new SshStreamSource({
    endpoint: config.gerrit,
    privateKey: options.privateKey,
    log,
    signal,
    onLine: (line) => intake.takeLine(line),
    onOversize: (bytes, head) => intake.takeOversize(bytes, head),
    settle: async () => {
      if (ledger.backlogBytes > MOST_BACKLOG) {
        await ledger.flush();
      }
    },
    onConnected: () => {
      connectedAt = Date.now();
      metrics.connected.set(1);
      readiness.has('event-stream');
      sweep.request();
      void sayMissingGrants(options);
    },
    onDisconnected: (end) => {
      connectedAt = undefined;
      metrics.connected.set(0);
      metrics.streamEnds.inc({ reason: end });
      if (end === 'denied') {
        void sayMissingGrants(options);
      }
    },
  });
  const sweep = new RestSweep({
    server,
    gerrit,
    ledger,
    intake,
    everyMs: config.sweepSeconds * 1000,
    log,
    signal,
    onRecovered: (events) => {
      const since = connectedAt;
      const isSilent =
        since !== undefined &&
        events.some(
          ({ event, at }) =>
            event.type === 'patchset-created' && at > since + SILENT_AFTER_MS && at < Date.now() - SILENT_AFTER_MS,
        );
      if (isSilent) {
        log.error('the event stream is up and silent; connecting anew');
        source.restart();
      }
    },
  });

  const eventSource = await startEventSourceServer(options.eventSourceAddress, handOn, log);
  const api = createLedgerApi({
    ledger,
    handOn,
    authenticate: options.authenticate,
    explain: objectionsOf(config.pipelines),
    log,
    signal,
  });
  const ledgerUrl = await api.listen({ ...options.ledgerAddress });
  intake.start();
  const running = Promise.all([source.run(), sweep.run()]);
  const expire = () =>
    void ledger.expire(config.retentionDays).then(
      (segments) => segments > 0 && log.info({ segments }, 'old ledger segments deleted'),
      (error: unknown) => log.error({ reason: messageOf(error) }, 'old ledger segments not deleted'),
    );
  expire();
  const expiry = setInterval(expire, HOUR_MS);

  return {
    eventSourcePort: eventSource.port,
    ledgerUrl,
    stop: async () => {
      clearInterval(expiry);
      stopping.abort();
      handOn.stop();
      eventSource.stop();
      await api.close();
      // What still waits for Gerrit is begun again by the next start.
      await Promise.race([Promise.all([running, intake.stop()]), sleep(STOP_WAIT_MS)]);
      await ledger.close();
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
