import type { Logger } from '../shared/log';
import type { Ledger } from './ledger/ledger';
import type { Cursor } from './ledger/model-record';

/** The ledger's cursor; at the very first start it notes the time: what happened before is none of our business. */
export async function beginCursor(ledger: Pick<Ledger, 'cursor' | 'setCursor'>, log: Logger): Promise<Cursor> {
  if (ledger.cursor !== undefined) {
    return ledger.cursor;
  }
  // Gerrit tells times in whole seconds, so the second we are in counts.
  const floor = Math.floor(Date.now() / 1000) * 1000 - 1;
  const cursor = { floor, until: floor };
  await ledger.setCursor(cursor);
  log.info({ from: new Date(floor).toISOString() }, 'first start: events count from now on');
  return cursor;
}
