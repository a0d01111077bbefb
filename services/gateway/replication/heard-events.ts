import { isUtf8 } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import type { GerritEvent } from '../../../core/gerrit-event';
import { messageOf } from '../../shared/errors';
import type { Logger } from '../../shared/log';
import { decodeStreamLine } from '../decode-stream-event';
import type { StreamTaker } from '../gateway-core';
import { decodeFrames, encodeFrame } from '../ledger/decode-frame';
import type { SegmentStore } from '../ledger/segment-store';
import { SegmentWriter } from '../ledger/segment-writer';
import { metrics } from '../metrics';

const SEGMENT_BYTES = 8 * 1024 * 1024;
/** What the leader has not recorded in so long it will not get from its stream; its reading by REST has come twice. */
const KEEP_MS = 10 * 60_000;
const MOST_BACKLOG = 8 * 1024 * 1024;
const NOTHING = Buffer.alloc(0);

export interface HeardEventsOptions {
  /** A store of its own. */
  readonly store: SegmentStore;
  readonly log: Logger;
  readonly onFailure: (error: Error) => void;
  readonly onConnected?: () => void;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/**
 * What a standby hears on its own stream, on its own disk, for the day on which the leader is gone with what it alone
 * had heard. Comments are not kept: their key needs Gerrit, and the reading by REST with which a leader begins brings
 * each of them. The last two segments are kept, which bounds the disk.
 */
export class HeardEvents implements StreamTaker {
  private constructor(
    private readonly options: HeardEventsOptions,
    private readonly writer: SegmentWriter,
    private readonly lock: { release: () => Promise<void> },
    /** Oldest segment there is. */
    private oldest: number,
  ) {}

  static async open(options: HeardEventsOptions): Promise<HeardEvents> {
    const { store, onFailure } = options;
    const lock = await store.lock();
    const segments = await store.list();
    const segment = (segments.at(-1) ?? 0) + 1;
    const header = () => encodeFrame({ kind: 'header', version: 1, seq: 0, id: randomUUID() });
    const first = header();
    await store.create(segment, first);
    const writer = new SegmentWriter({
      ...{ store, segment, position: first.length, segmentBytes: SEGMENT_BYTES, header, onFailure },
      onSynced: () => void heard.prune().catch(() => undefined),
    });
    const heard = new HeardEvents(options, writer, lock, segments[0] ?? segment);
    return heard;
  }

  readonly onLine = (line: Buffer): void => {
    const said = isUtf8(line) ? decodeStreamLine(line.toString('utf8')) : undefined;
    if (said?.kind === 'dropped-output') {
      // Whoever leads from here reads changes by REST.
      metrics.droppedOutput.inc();
    }
    if (said?.kind === 'event' && !said.needsMessageId) {
      const frame = encodeFrame({
        kind: 'raw',
        id: randomUUID(),
        at: new Date(this.now()).toISOString(),
        event: said.event,
      });
      this.writer.append(frame).catch((error: unknown) => {
        metrics.heardLost.inc();
        this.options.log.error({ reason: messageOf(error) }, 'an event that this standby heard was not kept');
      });
    }
  };

  /** The leader keeps aside what is no event. */
  readonly onOversize = (): void => undefined;

  readonly onConnected = (): void => metrics.connected.set(1);

  readonly onDisconnected: StreamTaker['onDisconnected'] = (end) => {
    metrics.connected.set(0);
    metrics.streamEnds.inc({ reason: end });
  };

  readonly settle = async (): Promise<void> => {
    if (this.writer.backlogBytes > MOST_BACKLOG) {
      await this.writer.append(NOTHING);
    }
  };

  /** What was heard in the last minutes, in order; nothing is kept any more after that. */
  async takeAll(): Promise<GerritEvent[]> {
    await this.writer.close();
    const { store } = this.options;
    const keepAfter = this.now() - KEEP_MS;
    const heard: GerritEvent[] = [];
    for (const segment of await store.list()) {
      for (const { record } of decodeFrames(await store.read(segment))) {
        if (record !== 'damaged' && record.kind === 'raw' && Date.parse(record.at) > keepAfter) {
          heard.push(record.event);
        }
      }
      await store.remove(segment);
    }
    await this.lock.release();
    return heard;
  }

  async close(): Promise<void> {
    await this.writer.close();
    await this.lock.release();
  }

  private async prune(): Promise<void> {
    while (this.oldest < this.writer.activeSegment - 1) {
      this.oldest += 1;
      await this.options.store.remove(this.oldest - 1);
    }
  }

  private now(): number {
    return (this.options.now ?? Date.now)();
  }
}
