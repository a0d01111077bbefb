import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../shared/errors';
import type { Logger } from '../shared/log';
import { feedInterruptionsTotal } from './metrics';

const WAIT_SECONDS = 25;
const BACKOFF_MS = { first: 200, most: 10_000 };
/** After a start a feed is read from its beginning; what is older than this was said, or is nobody's concern now. */
const LOOK_BACK_MS = 7 * 24 * 3_600_000;

/** One line of a feed of the ledger. */
interface Line {
  /** When it was written. ISO 8601. */
  readonly at: string;
}

export interface FollowFeedOptions<Record extends Line> {
  /** What it is a feed of, for the log: `decisions`. */
  readonly what: string;
  /** Lines after `after`; waits up to `waitSeconds` for one. */
  readonly read: (
    after: number,
    waitSeconds: number,
    signal: AbortSignal,
  ) => Promise<{ readonly records: readonly Record[]; readonly next: number }>;
  readonly signal: AbortSignal;
  readonly log: Logger;
  readonly onRecord: (record: Record) => void;
  /** The feed answered for the first time. */
  readonly onConnected?: () => void;
}

/**
 * Follows a feed of the ledger until the signal fires. The cursor lives in memory: handling a line twice says nothing
 * twice, so a restart just reads the feed of the last days again.
 */
export async function followFeed<Record extends Line>(options: FollowFeedOptions<Record>): Promise<void> {
  const { what, read, log, signal } = options;
  let after = 0;
  let connected = false;
  let backoff = BACKOFF_MS.first;
  while (!signal.aborted) {
    try {
      // The first call does not wait: readiness asks whether the ledger answers, not whether there is news.
      const { records, next } = await read(after, connected ? WAIT_SECONDS : 0, signal);
      if (!connected) {
        connected = true;
        options.onConnected?.();
      }
      for (const record of records) {
        if (Date.now() - Date.parse(record.at) < LOOK_BACK_MS) {
          options.onRecord(record);
        }
      }
      after = next;
      backoff = BACKOFF_MS.first;
    } catch (error) {
      if (signal.aborted) {
        return;
      }
      feedInterruptionsTotal.inc({ feed: what });
      log.warn({ what, after, reason: messageOf(error), retryInMs: backoff }, 'following the ledger interrupted');
      await sleep(backoff, undefined, { signal }).catch(() => undefined);
      backoff = Math.min(backoff * 2, BACKOFF_MS.most);
    }
  }
}
