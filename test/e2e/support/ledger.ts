import { ServiceAccounts } from '../../../core/access';
import type { EventHistory } from '../../../core/change-history';
import type { Decision } from '../../../core/decision';
import { LEDGER_AUDIENCE, Port } from '../../../core/service-config';
import type { PushedPatchSet } from '../../../local/gerrit/gerrit-admin';
import { LedgerClient } from '../../../services/shared/ledger-client';
import { kubectl } from './kubectl';
import { forwardPort } from './port-forward';
import { until } from './until';

const { namespace, name } = ServiceAccounts.reporter;

/** The gateway's memory of what became of each event, read as the reporter reads it. */
export interface LedgerView {
  /** Waits for the decisions on the events of a patch set, in the order they were taken. */
  decisionsOn(change: PushedPatchSet, count?: number): Promise<Decision[]>;
  /** What is known now of the events of a change, in the order they came. */
  eventsOf(change: Pick<PushedPatchSet, 'project' | 'number'>): Promise<readonly EventHistory[]>;
  close(): Promise<void>;
}

/** Opens the running gateway's ledger; a restart of the gateway ends the view. */
export async function openLedger(): Promise<LedgerView> {
  const gateway = await forwardPort(namespace, 'service/gateway', Port.ledger);
  const token = await kubectl(['create', 'token', name, `--namespace=${namespace}`, `--audience=${LEDGER_AUDIENCE}`]);
  const client = new LedgerClient(`http://${gateway.endpoint}`, () => token.trim());
  /** Where the feed was read to, so that it is not read from its beginning again. */
  let read = 0;
  const decided = new Map<string, Decision[]>();

  const readToEnd = async () => {
    for (;;) {
      const { records, next } = await client.decisions(read, 0);
      for (const { key, decision } of records) {
        decided.set(key, [...(decided.get(key) ?? []), decision]);
      }
      if (records.length === 0 || next === read) {
        return;
      }
      read = next;
    }
  };
  /** One reading after another: two at once from the same place would count each record twice. */
  let reading = Promise.resolve();
  const readOn = () => {
    reading = reading.then(readToEnd, readToEnd);
    return reading;
  };
  return {
    decisionsOn: ({ project, number, revision }, count = 1) => {
      const key = [project, String(number), revision].map(encodeURIComponent).join(':');
      return until(`${count} decisions on change ${number}`, async () => {
        await readOn();
        const found = [...decided].filter(([each]) => each.endsWith(key)).flatMap(([, decisions]) => decisions);
        const terminal = found.filter(({ kind }) => kind !== 'queued');
        return terminal.length >= count && terminal;
      });
    },
    eventsOf: async ({ project, number }) => (await client.history(project, number))?.events ?? [],
    close: gateway.stop,
  };
}
