import { eventKey } from '../../core/event-key';
import type { ChangeOption, GerritClient } from '../shared/gerrit-client';
import type { ChangeInfo } from '../shared/gerrit-schema';
import type { Logger } from '../shared/log';
import { beginCursor } from './begin-cursor';
import type { GerritIntake } from './gerrit-intake';
import type { AskedSource, RecoveredEvent } from './gerrit-source';
import type { Ledger } from './ledger/ledger';
import { lateFrom, needsComments, planSweep, searchSince, sweepFrom } from './plan-sweep';

const OPTIONS: readonly ChangeOption[] = ['ALL_REVISIONS', 'MESSAGES', 'REVIEWER_UPDATES', 'DETAILED_ACCOUNTS'];
/** A reading that brought the cursor on by less has missed nothing that the next one would not read. */
const SETTLED_MS = 60_000;
/** Between late looks, each of which has Gerrit tell of all changes of a day. */
const LATE_EVERY_MS = 3_600_000;

export interface RestSweepOptions {
  /** Gerrit server, as stack config names it. */
  readonly server: string;
  readonly gerrit: Pick<GerritClient, 'queryChanges' | 'patchSetComments'>;
  readonly ledger: Ledger;
  readonly intake: Pick<GerritIntake, 'takeEvent'>;
  readonly log: Logger;
  /** Milliseconds of a clock that no one sets. */
  readonly now?: () => number;
}

/** Reads changes by REST and takes in what no other source brought. */
export class RestSweep implements AskedSource {
  readonly name = 'rest';
  private readonly now: () => number;
  private lateLookAt: number;

  constructor(private readonly options: RestSweepOptions) {
    this.now = options.now ?? (() => performance.now());
    this.lateLookAt = this.now() + LATE_EVERY_MS;
  }

  async read(): Promise<RecoveredEvent[]> {
    const { gerrit, ledger, log } = this.options;
    const cursor = await beginCursor(ledger, log);
    const isLate = this.now() >= this.lateLookAt;
    const since = isLate ? lateFrom(cursor) : sweepFrom(cursor);
    const recovered: RecoveredEvent[] = [];
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
      // Another source may have moved its own part meanwhile.
      await ledger.setCursor({ ...cursor, ...ledger.cursor, until });
    }
    if (isLate) {
      this.lateLookAt = this.now() + LATE_EVERY_MS;
    }
    return recovered;
  }

  private async take(change: ChangeInfo, since: number): Promise<RecoveredEvent[]> {
    const { gerrit, intake, ledger, server } = this.options;
    const said = { type: 'comment-added', change: { project: change.project, branch: '', number: change._number } };
    const isKnown = (messageId: string) => ledger.knows(eventKey(server, { ...said, messageId }) ?? '');
    const comments = needsComments(change, since, isKnown)
      ? await gerrit.patchSetComments(change.project, change._number)
      : [];
    const recovered: RecoveredEvent[] = [];
    for (const swept of planSweep(change, since, comments)) {
      const key = eventKey(server, swept.event);
      if (key !== undefined && !ledger.knows(key) && (await intake.takeEvent(swept.event)) === 'recorded') {
        recovered.push(swept);
      }
    }
    return recovered;
  }
}
