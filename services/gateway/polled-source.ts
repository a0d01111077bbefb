import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../shared/errors';
import type { Logger } from '../shared/log';
import type { AskedSource, GerritSource, RecoveredEvent, SourceName } from './gerrit-source';
import { metrics } from './metrics';

const BACKOFF_MS = { first: 500, most: 15_000 };

export interface PolledSourceOptions {
  readonly everyMs: number;
  readonly log: Logger;
  /** Events that no other source brought. */
  readonly onRecovered: (events: readonly RecoveredEvent[]) => void;
}

/** Asks a source from time to time, and at once after every gap. */
export class PolledSource implements GerritSource {
  readonly name: SourceName;
  private wake = new AbortController();
  private failures = 0;

  constructor(
    private readonly source: AskedSource,
    private readonly options: PolledSourceOptions,
  ) {
    this.name = source.name;
  }

  /** Asks soon: something may have been missed. */
  request(): void {
    this.wake.abort();
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      // A request during a reading makes another one: it may be past what was missed.
      this.wake = new AbortController();
      const waitMs = await this.readOnce(signal);
      await sleep(waitMs, undefined, { signal: AbortSignal.any([signal, this.wake.signal]) }).catch(() => undefined);
    }
  }

  /** Resolves to the wait before the next reading. */
  private async readOnce(signal: AbortSignal): Promise<number> {
    const { name: source } = this;
    try {
      const recovered = await this.source.read(signal);
      this.failures = 0;
      metrics.sweeps.inc({ source, outcome: 'done' });
      if (recovered.length > 0) {
        this.options.onRecovered(recovered);
      }
      return this.options.everyMs;
    } catch (error) {
      const retryInMs = Math.min(BACKOFF_MS.first * 2 ** this.failures, BACKOFF_MS.most);
      this.failures += 1;
      metrics.sweeps.inc({ source, outcome: 'failed' });
      this.options.log.warn({ source, reason: messageOf(error), retryInMs }, 'what was missed cannot be read');
      return retryInMs;
    }
  }
}
