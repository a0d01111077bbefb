import { setTimeout as sleep } from 'node:timers/promises';
import type { DecisionRecord } from '../../core/decision';
import { messageOf } from '../shared/errors';
import type { Logger } from '../shared/log';
import type { Ledger } from './ports';

const WAIT_SECONDS = 25;
const BACKOFF_MS = { first: 200, most: 10_000 };
/** After a start the feed is read from its beginning; what is older than this was said, or is nobody's concern now. */
const LOOK_BACK_MS = 7 * 24 * 3_600_000;

export interface FollowDecisionsOptions {
  readonly ledger: Pick<Ledger, 'decisions'>;
  readonly signal: AbortSignal;
  readonly log: Logger;
  readonly onDecision: (record: DecisionRecord) => void;
  /** The feed answered for the first time. */
  readonly onConnected: () => void;
}

/**
 * Follows the ledger's decisions until the signal fires. The cursor lives in memory: handling a record twice says
 * nothing twice, so a restart just reads the feed of the last days again.
 */
export async function followDecisions(options: FollowDecisionsOptions): Promise<void> {
  const { ledger, log, signal } = options;
  let after = 0;
  let connected = false;
  let backoff = BACKOFF_MS.first;
  while (!signal.aborted) {
    try {
      // The first call does not wait: readiness asks whether the ledger answers, not whether there is news.
      const { records, next } = await ledger.decisions(after, connected ? WAIT_SECONDS : 0, signal);
      if (!connected) {
        connected = true;
        options.onConnected();
      }
      for (const record of records) {
        if (Date.now() - Date.parse(record.at) < LOOK_BACK_MS) {
          options.onDecision(record);
        }
      }
      after = next;
      backoff = BACKOFF_MS.first;
    } catch (error) {
      if (signal.aborted) {
        return;
      }
      log.warn({ after, reason: messageOf(error), retryInMs: backoff }, 'following decisions interrupted');
      await sleep(backoff, undefined, { signal }).catch(() => undefined);
      backoff = Math.min(backoff * 2, BACKOFF_MS.most);
    }
  }
}
