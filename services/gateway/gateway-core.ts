import { setTimeout as sleep } from 'node:timers/promises';
import type { GatewayConfig } from '../../core/service-config';
import { messageOf } from '../shared/errors';
import type { GerritClient } from '../shared/gerrit-client';
import type { Logger } from '../shared/log';
import { compileCoarseFilter } from './decide-coarse-filter';
import { GerritIntake } from './gerrit-intake';
import { HandOn } from './hand-on';
import { Ledger } from './ledger/ledger';
import type { SegmentStore } from './ledger/segment-store';
import { metrics } from './metrics';
import type { StreamEnd } from './plan-reconnect';
import { RestSweep } from './rest-sweep';
import type { LineSink } from './split-lines';
import { Timers } from './timers';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MOST_WAIT_MS = 60_000;
const STOP_WAIT_MS = 5_000;
/**
 * With this much waiting for the disk the stream is read no further: thousands of events. Gerrit then holds 128 more, drops
 * the rest and says so, and they are read by REST. Bytes.
 */
export const MOST_BACKLOG = 8 * 1024 * 1024;
/** What REST shows and a stream has not said for so long, it will not say. */
const SILENT_AFTER_MS = 30_000;

export interface GatewayCoreOptions {
  readonly config: Pick<
    GatewayConfig,
    'gerrit' | 'pipelines' | 'window' | 'resendAfterSeconds' | 'sweepSeconds' | 'deadLetterAfterDays' | 'retentionDays'
  >;
  readonly store: SegmentStore;
  /** @default - the ledger's own */
  readonly segmentBytes?: number;
  readonly gerrit: Pick<GerritClient, 'findChange' | 'listTips' | 'patchSetComments' | 'queryChanges'>;
  readonly log: Logger;
  readonly signal: AbortSignal;
  /** The disk failed; the process must end. */
  readonly onFailure: (error: Error) => void;
  /** The stream is up and does not say what it should: it is to be made anew. */
  readonly onSilentStream: () => void;
}

/** What becomes of Gerrit's stream here. */
export interface StreamTaker extends LineSink {
  /** Events stream from now on. */
  readonly onConnected: () => void;
  readonly onDisconnected: (end: StreamEnd) => void;
  /** Awaited between chunks: what reads no further when the disk cannot follow. */
  readonly settle: () => Promise<void>;
}

export interface GatewayCore {
  readonly ledger: Ledger;
  readonly handOn: HandOn;
  readonly stream: StreamTaker;
  /** Begins to read changes, to look messages up and to delete what is old. */
  readonly start: () => void;
  /** Resolves when what runs is done and the ledger is closed. */
  readonly stop: () => Promise<void>;
}

/** The gateway without its doors: ledger, hand-on, intake and sweep, wired to each other. */
export async function openGatewayCore(options: GatewayCoreOptions): Promise<GatewayCore> {
  const { config, gerrit, log, signal, store, segmentBytes } = options;
  const server = config.gerrit.name;
  const filter = compileCoarseFilter({ pipelines: config.pipelines, account: config.gerrit.account });
  const ledger = await Ledger.open({
    store,
    log,
    onFailure: options.onFailure,
    onSynced: (seconds) => metrics.fsync.observe(seconds),
    onDamage: ({ cutBytes, records }) => {
      metrics.cutBytes.inc(cutBytes);
      metrics.damaged.inc(records);
    },
    ...(segmentBytes === undefined ? {} : { segmentBytes }),
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

  let connectedAt: number | undefined;
  const intake = new GerritIntake({ server, filter, ledger, handOn, gerrit, onGap: () => sweep.request(), log });
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
        options.onSilentStream();
      }
    },
  });
  const { pipelines, retentionDays } = config;
  const timers = new Timers({ server, pipelines, retentionDays, gerrit, filter, ledger, intake, log, signal });
  const expire = () =>
    void ledger.expire(config.retentionDays).then(
      (segments) => segments > 0 && log.info({ segments }, 'old ledger segments deleted'),
      (error: unknown) => log.error({ reason: messageOf(error) }, 'old ledger segments not deleted'),
    );
  let running: Promise<unknown> = Promise.resolve();
  let expiry: NodeJS.Timeout | undefined;

  return {
    ledger,
    handOn,
    stream: {
      onLine: (line) => intake.takeLine(line),
      onOversize: (bytes, head) => intake.takeOversize(bytes, head),
      onConnected: () => {
        connectedAt = Date.now();
        metrics.connected.set(1);
        sweep.request();
      },
      onDisconnected: (end) => {
        connectedAt = undefined;
        metrics.connected.set(0);
        metrics.streamEnds.inc({ reason: end });
      },
      settle: async () => {
        if (ledger.backlogBytes > MOST_BACKLOG) {
          await ledger.flush();
        }
      },
    },
    start: () => {
      intake.start();
      running = Promise.all([sweep.run(), timers.run()]);
      expire();
      expiry = setInterval(expire, HOUR_MS);
    },
    stop: async () => {
      clearInterval(expiry);
      handOn.stop();
      // What still waits for Gerrit is begun again by the next start.
      await Promise.race([Promise.all([running, intake.stop()]), sleep(STOP_WAIT_MS)]);
      await ledger.close();
    },
  };
}
