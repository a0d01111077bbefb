import { setTimeout as sleep } from 'node:timers/promises';
import type { GerritEvent } from '../../core/gerrit-event';
import type { GatewayConfig } from '../../core/service-config';
import { messageOf } from '../shared/errors';
import type { GerritClient } from '../shared/gerrit-client';
import type { Logger } from '../shared/log';
import { compileCoarseFilter } from './decide-coarse-filter';
import type { LoggedEvents } from './events-log/events-log-client';
import { EventsLogSource } from './events-log/events-log-source';
import { GerritIntake } from './gerrit-intake';
import type { RecoveredEvent } from './gerrit-source';
import { HandOn } from './hand-on';
import { Ledger } from './ledger/ledger';
import type { ReadSegments } from './ledger/read-segments';
import type { SegmentStore } from './ledger/segment-store';
import { countDamage, metrics } from './metrics';
import type { StreamEnd } from './plan-reconnect';
import { PolledSource } from './polled-source';
import { QuietWatch } from './quiet-watch';
import { RefSweep, type RefSweepOptions } from './refs/ref-sweep';
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

/** What Gerrit can be asked for beside its changes, to find what the stream did not say. */
export interface Recovery {
  /** @default - the server has no events-log plug-in */
  readonly logged?: LoggedEvents | undefined;
  /** Tips of branches whose moves start pipelines. @default - none do */
  readonly tips?: RefSweepOptions['tips'];
}

export interface GatewayCoreOptions {
  readonly config: Pick<
    GatewayConfig,
    'gerrit' | 'pipelines' | 'window' | 'resendAfterSeconds' | 'sweepSeconds' | 'deadLetterAfterDays' | 'retentionDays'
  >;
  readonly store: SegmentStore;
  /** What a standby has read of the store already. @default - it is read */
  readonly read?: ReadSegments;
  /** @default - the ledger's own */
  readonly segmentBytes?: number;
  readonly gerrit: Pick<GerritClient, 'findChange' | 'listTips' | 'patchSetComments' | 'queryChanges'>;
  /** @default - changes are all that is read */
  readonly recovery?: Recovery | undefined;
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
  /** Begins to ask sources, to look messages up and to delete what is old. */
  readonly start: () => void;
  /** Events that were heard before this ledger was ours to write; those it knows are left out. */
  readonly takeHeard: (events: readonly GerritEvent[]) => void;
  /** Resolves when what runs is done and the ledger is closed. */
  readonly stop: () => Promise<void>;
}

/** The gateway without its doors: ledger, hand-on, intake and the sources that are asked, wired to each other. */
export async function openGatewayCore(options: GatewayCoreOptions): Promise<GatewayCore> {
  const { config, gerrit, log, signal, store, segmentBytes } = options;
  const { logged, tips } = options.recovery ?? {};
  const server = config.gerrit.name;
  const filter = compileCoarseFilter({ pipelines: config.pipelines, account: config.gerrit.account });
  const ledger = await Ledger.open(
    {
      store,
      log,
      onFailure: options.onFailure,
      onSynced: (seconds) => metrics.fsync.observe(seconds),
      onDamage: countDamage,
      ...(segmentBytes === undefined ? {} : { segmentBytes }),
    },
    options.read,
  );
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
  const lookForGaps = () => {
    for (const source of asked) {
      source.request();
    }
  };
  const quiet = new QuietWatch(lookForGaps);
  const intake = new GerritIntake({ server, filter, ledger, handOn, gerrit, onGap: lookForGaps, log });
  const sweep = new RestSweep({ server, gerrit, ledger, intake, log });
  const polling = {
    everyMs: config.sweepSeconds * 1000,
    log,
    onRecovered: (events: readonly RecoveredEvent[]) => {
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
  };
  const oldestMs = config.deadLetterAfterDays * DAY_MS;
  const eventsLog = logged === undefined ? [] : [new EventsLogSource({ log, logged, ledger, intake, oldestMs })];
  const isNeeded = () => !eventsLog.some(({ isThere }) => isThere);
  const refs = tips === undefined ? [] : [new RefSweep({ tips, ledger, intake, isNeeded })];
  const asked = [...eventsLog, sweep, ...refs].map((source) => new PolledSource(source, polling));
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
      onLine: (line) => {
        quiet.heard();
        intake.takeLine(line);
      },
      onOversize: (bytes, head) => intake.takeOversize(bytes, head),
      onConnected: () => {
        connectedAt = Date.now();
        quiet.heard();
        metrics.connected.set(1);
        lookForGaps();
      },
      onDisconnected: (end) => {
        connectedAt = undefined;
        quiet.ended();
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
      quiet.start();
      running = Promise.all([...asked.map((source) => source.run(signal)), timers.run()]);
      expire();
      expiry = setInterval(expire, HOUR_MS);
    },
    takeHeard: (events) => {
      for (const event of events) {
        void intake
          .takeEvent(event)
          .catch((error: unknown) => log.error({ reason: messageOf(error) }, 'event not recorded'));
      }
    },
    stop: async () => {
      clearInterval(expiry);
      quiet.stop();
      handOn.stop();
      // What still waits for Gerrit is begun again by the next start.
      await Promise.race([Promise.all([running, intake.stop()]), sleep(STOP_WAIT_MS, undefined, { ref: false })]);
      await ledger.close();
    },
  };
}
