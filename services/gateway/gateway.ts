import { renderMissingGrants } from '../shared/decide-grants';
import { messageOf, TerminalError } from '../shared/errors';
import { checkGrants } from '../shared/gerrit-grants';
import { beginTerm, type Doors } from './begin-term';
import type { StreamTaker } from './gateway-core';
import type { GatewayOptions } from './gateway-options';
import { DiskSegments } from './ledger/disk-segments';
import { Replica } from './replica';
import type { Office } from './replication/leadership';
import { SshStreamSource } from './ssh-stream-source';

export interface RunningGateway {
  /** Undefined while another replica leads. */
  readonly doors: Doors | undefined;
  readonly stop: () => Promise<void>;
}

/** Starts all parts of the gateway. Resolves when it leads, or stands by. Rejects when one cannot start. */
export async function startGateway(options: GatewayOptions): Promise<RunningGateway> {
  const { config, log, readiness } = options;
  const stopping = new AbortController();
  const signal = AbortSignal.any([options.signal, stopping.signal]);
  readiness.waitFor('event-stream', 'Gerrit streams no events to us yet');

  const replica = await startReplica(options, signal, () => source.restart());
  const { stream } = replica;
  const source = new SshStreamSource({
    onLine: (line) => stream.onLine(line),
    onOversize: (bytes, head) => stream.onOversize(bytes, head),
    settle: () => stream.settle(),
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
  const streaming = source.run(signal);

  return {
    get doors() {
      return replica.doors;
    },
    stop: async () => {
      stopping.abort();
      await streaming;
      await replica.stop();
    },
  };
}

interface StartedReplica {
  readonly stream: StreamTaker;
  readonly doors: Doors | undefined;
  readonly stop: () => Promise<void>;
}

/** One of several, or the only one, which leads from the start. */
async function startReplica(
  gateway: GatewayOptions,
  signal: AbortSignal,
  onSilentStream: () => void,
): Promise<StartedReplica> {
  const { standby, ledgerDirectory } = gateway.config;
  const parts = { gateway, signal, onFailure: endProcess, onSilentStream };
  if (standby === undefined) {
    const term = await beginTerm({ ...parts, store: new DiskSegments(ledgerDirectory), office: ALONE });
    return { stream: term.core.stream, doors: term.doors, stop: term.stop };
  }
  if (gateway.replica === undefined) {
    throw new TerminalError(`config says ${standby.replicas} replicas, and nothing was given by which they agree`);
  }
  const replica = await Replica.open({ ...parts, standby, parts: gateway.replica });
  const stop = replica.run();
  return {
    stream: replica.stream,
    get doors() {
      return replica.doors;
    },
    stop,
  };
}

/** Thrown outside any promise it ends the process: only a fresh start can tell what is on disk. */
function endProcess(error: Error): void {
  setImmediate(() => {
    throw error;
  });
}

/** Of a gateway without other replicas. */
const ALONE: Office = {
  fence: { remainingMs: () => Number.POSITIVE_INFINITY, marginMs: 0 },
  record: async () => undefined,
  announce: async () => undefined,
};

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
