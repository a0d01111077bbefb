import { setTimeout as sleep } from 'node:timers/promises';
import { Client, type ClientChannel } from 'ssh2';
import type { GerritEndpoint } from '../../core/service-config';
import { messageOf } from '../shared/errors';
import type { Logger } from '../shared/log';
import { STREAM_TYPES } from './decode-stream-event';
import type { GerritSource } from './gerrit-source';
import { planReconnect, type StreamEnd } from './plan-reconnect';
import { type LineSink, LineSplitter } from './split-lines';
import { fingerprint, hostKeyAlgorithms, isPinned } from './ssh-host-key';

/** Gerrit's largest events carry a commit message; nothing real comes near. */
export const MOST_LINE_BYTES = 4 * 1024 * 1024;
const KEEPALIVE_MS = 15_000;
/** Sent into silence before the peer is dead: ssh2 gives up at the interval behind the last one, three intervals in all. */
const UNANSWERED = 2;
const CONNECT_DEADLINE_MS = 20_000;

export interface StreamSourceOptions extends LineSink {
  readonly endpoint: GerritEndpoint;
  /** OpenSSH private key; read for every connection, so that it can be rotated. */
  readonly privateKey: () => string;
  readonly log: Logger;
  /** A peer that is silent for three of these is dead. Milliseconds. @default 15,000 */
  readonly keepaliveMs?: number;
  /** Longest from the first packet to a running `stream-events`. Milliseconds. @default 20,000 */
  readonly connectDeadlineMs?: number;
  /** Events stream from now on; those before must be had elsewhere. */
  readonly onConnected: () => void;
  readonly onDisconnected: (end: StreamEnd, why: string) => void;
  /** Awaited between chunks: what reads no further when the disk cannot follow. */
  readonly settle: () => Promise<void>;
}

/** `gerrit stream-events` over SSH, kept up for ever against pinned host keys. */
export class SshStreamSource implements GerritSource {
  readonly name = 'stream';
  private current = new AbortController();

  constructor(private readonly options: StreamSourceOptions) {}

  async run(signal: AbortSignal): Promise<void> {
    const { log } = this.options;
    let failures = 0;
    while (!signal.aborted) {
      this.current = new AbortController();
      const ended = await connectOnce(this.options, AbortSignal.any([signal, this.current.signal]));
      if (signal.aborted) {
        return;
      }
      failures = ended.wasUp ? 0 : failures + 1;
      const retryInMs = planReconnect(ended.end, failures, Math.random());
      this.options.onDisconnected(ended.end, ended.why);
      const say = ended.end === 'wrong-host-key' || ended.end === 'denied' ? 'error' : 'warn';
      log[say]({ end: ended.end, reason: ended.why, failures, retryInMs }, 'no event stream from Gerrit');
      await sleep(retryInMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Drops the connection and makes a new one: it is up, but does not say what it should. */
  restart(): void {
    this.current.abort();
  }
}

interface Ended {
  readonly end: StreamEnd;
  readonly why: string;
  readonly wasUp: boolean;
}

function connectOnce(options: StreamSourceOptions, signal: AbortSignal): Promise<Ended> {
  const { endpoint, log, connectDeadlineMs = CONNECT_DEADLINE_MS } = options;
  return new Promise((resolve) => {
    const client = new Client();
    let wasUp = false;
    let wrongKey: string | undefined;
    const finish = (end: StreamEnd, why: string) => {
      clearTimeout(deadline);
      signal.removeEventListener('abort', onAbort);
      client.end();
      client.destroy();
      resolve(wrongKey === undefined ? { end, why, wasUp } : { end: 'wrong-host-key', why: wrongKey, wasUp });
    };
    const onAbort = () => finish('lost', 'asked to stop or to connect anew');
    const deadline = setTimeout(
      () => finish('lost', `no event stream within ${connectDeadlineMs} ms`),
      connectDeadlineMs,
    );
    signal.addEventListener('abort', onAbort, { once: true });

    client.on('error', (error) => finish(error.level === 'client-authentication' ? 'denied' : 'lost', error.message));
    client.on('close', () => finish('lost', 'connection closed'));
    client.on('ready', () => {
      const types = STREAM_TYPES.map((type) => `-s ${type}`).join(' ');
      client.exec(`gerrit stream-events ${types}`, (error, channel) => {
        if (error !== undefined) {
          finish('denied', `gerrit stream-events refused: ${error.message}`);
          return;
        }
        clearTimeout(deadline);
        wasUp = true;
        log.info({ host: endpoint.sshHost, port: endpoint.sshPort }, 'Gerrit streams events');
        options.onConnected();
        void read(channel, options).then(
          (said) => {
            // Gerrit ends the command with a word on stderr when the account may not stream.
            wasUp = said === '';
            finish(said === '' ? 'lost' : 'denied', said === '' ? 'stream ended' : said);
          },
          (reason: unknown) => finish('lost', messageOf(reason)),
        );
      });
    });
    try {
      client.connect({
        host: endpoint.sshHost,
        port: endpoint.sshPort,
        username: endpoint.account,
        privateKey: options.privateKey(),
        readyTimeout: connectDeadlineMs,
        keepaliveInterval: options.keepaliveMs ?? KEEPALIVE_MS,
        keepaliveCountMax: UNANSWERED,
        algorithms: { serverHostKey: hostKeyAlgorithms(endpoint.sshHostKeys) },
        hostVerifier: (key: Buffer) => {
          const pinned = isPinned(key, endpoint.sshHostKeys);
          if (!pinned) {
            wrongKey = `host key ${fingerprint(key)} of ${endpoint.sshHost}:${endpoint.sshPort} is not pinned; if Gerrit's key was changed on purpose, add the new one to gerrit.sshHostKeys`;
          }
          return pinned;
        },
      });
    } catch (error) {
      finish('denied', messageOf(error));
    }
  });
}

/** Reads lines until the channel ends; resolves to what the command said on stderr. */
async function read(channel: ClientChannel, options: StreamSourceOptions): Promise<string> {
  let said = '';
  channel.stderr.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString('utf8')).slice(0, 500);
  });
  const lines = new LineSplitter(MOST_LINE_BYTES, options);
  for await (const chunk of channel) {
    lines.push(Buffer.from(chunk));
    await options.settle();
  }
  return said.trim();
}
