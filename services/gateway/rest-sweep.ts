import { setTimeout as sleep } from 'node:timers/promises';
import { eventKey } from '../../core/event-key';
import { messageOf } from '../shared/errors';
import type { ChangeOption, GerritClient } from '../shared/gerrit-client';
import type { ChangeInfo } from '../shared/gerrit-schema';
import type { Logger } from '../shared/log';
import type { GerritIntake } from './gerrit-intake';
import type { Ledger } from './ledger/ledger';
import type { Cursor } from './ledger/model-record';
import { metrics } from './metrics';
import { needsComments, planSweep, type SweptEvent, searchSince, sweepFrom } from './plan-sweep';

const OPTIONS: readonly ChangeOption[] = ['ALL_REVISIONS', 'MESSAGES', 'REVIEWER_UPDATES', 'DETAILED_ACCOUNTS'];
/** A reading that brought the cursor on by less has missed nothing that the next one would not read. */
const SETTLED_MS = 60_000;
const BACKOFF_MS = { first: 500, most: 15_000 };

export interface RestSweepOptions {
  /** Gerrit server, as stack config names it. */
  readonly server: string;
  readonly gerrit: Pick<GerritClient, 'queryChanges' | 'patchSetComments'>;
  readonly ledger: Ledger;
  readonly intake: Pick<GerritIntake, 'takeEvent'>;
  readonly everyMs: number;
  readonly log: Logger;
  readonly signal: AbortSignal;
  /** Events that no other source brought, with their time in Gerrit. */
  readonly onRecovered: (events: readonly SweptEvent[]) => void;
}

/**
 * Reads changes by REST, after every gap and from time to time, and takes in what the stream did not bring. At the very
 * first start it notes the time: what happened before is none of our business.
 */
export class RestSweep {
  private wake = new AbortController();
  private failures = 0;

  constructor(private readonly options: RestSweepOptions) {}

  /** Reads soon: something may have been missed. */
  request(): void {
    this.wake.abort();
  }

  /** Resolves when the signal fires. */
  async run(): Promise<void> {
    const { log, signal, everyMs } = this.options;
    while (!signal.aborted) {
      // A request during a sweep makes another one: the sweep may be past what was missed.
      this.wake = new AbortController();
      let waitMs = everyMs;
      try {
        const recovered = await this.sweep();
        this.failures = 0;
        metrics.sweeps.inc({ outcome: 'done' });
        if (recovered.length > 0) {
          this.options.onRecovered(recovered);
        }
      } catch (error) {
        waitMs = Math.min(BACKOFF_MS.first * 2 ** this.failures, BACKOFF_MS.most);
        this.failures += 1;
        metrics.sweeps.inc({ outcome: 'failed' });
        log.warn({ reason: messageOf(error), retryInMs: waitMs }, 'changes cannot be read by REST');
      }
      await sleep(waitMs, undefined, { signal: AbortSignal.any([signal, this.wake.signal]) }).catch(() => undefined);
    }
  }

  /** One reading; resolves to what it found that was not known. */
  async sweep(): Promise<SweptEvent[]> {
    const { gerrit, ledger } = this.options;
    const cursor = ledger.cursor ?? (await this.begin());
    const since = sweepFrom(cursor);
    const recovered: SweptEvent[] = [];
    let { until } = cursor;
    for (
      let from = since, before = Number.NEGATIVE_INFINITY;
      until > before + SETTLED_MS;
      from = sweepFrom({ ...cursor, until })
    ) {
      // A change that is updated while we read goes to the front, where we have been: after a long way it is looked for there.
      before = until;
      for await (const change of gerrit.queryChanges(searchSince(from), OPTIONS)) {
        recovered.push(...(await this.take(change, since)));
        until = Math.max(until, Date.parse(change.updated));
      }
    }
    if (until > cursor.until) {
      await ledger.setCursor({ ...cursor, until });
    }
    return recovered;
  }

  private async take(change: ChangeInfo, since: number): Promise<SweptEvent[]> {
    const { gerrit, intake, ledger, log, server } = this.options;
    const said = { type: 'comment-added', change: { project: change.project, branch: '', number: change._number } };
    const isKnown = (messageId: string) => ledger.knows(eventKey(server, { ...said, messageId }) ?? '');
    const comments = needsComments(change, since, isKnown)
      ? await gerrit.patchSetComments(change.project, change._number)
      : [];
    const recovered: SweptEvent[] = [];
    for (const swept of planSweep(change, since, comments)) {
      const key = eventKey(server, swept.event);
      if (key !== undefined && !ledger.knows(key) && (await intake.takeEvent(swept.event)) === 'recorded') {
        recovered.push(swept);
        metrics.recovered.inc({ type: swept.event.type });
        log.info({ key, type: swept.event.type }, 'event found by REST');
      }
    }
    return recovered;
  }

  /** The very first start. Gerrit tells times in whole seconds, so the second we are in counts. */
  private async begin(): Promise<Cursor> {
    const floor = Math.floor(Date.now() / 1000) * 1000 - 1;
    const cursor = { floor, until: floor };
    await this.options.ledger.setCursor(cursor);
    this.options.log.info({ from: new Date(floor).toISOString() }, 'first start: events count from now on');
    return cursor;
  }
}
