import type { ChangeHistory, EventHistory, PairHistory } from '../../core/change-history';
import type { GerritEvent } from '../../core/gerrit-event';
import { asksWhy } from '../../core/why-question';
import type { Ledger } from './ledger/ledger';
import type { Verdicts } from './ledger/model-record';
import type { RecordedEvent, RecordedEvents } from './ledger/recorded-events';
import { planHistory } from './plan-history';

/**
 * Says of the pipelines of now which conditions keep an event from starting them, the first of each trigger, with its
 * place in stack config; a pipeline that it would be handed on for is not among them.
 */
export type Explain = (event: GerritEvent) => Readonly<Record<string, readonly string[]>>;

export interface HistoryQuery {
  /** Gerrit name. */
  readonly project: string;
  readonly change: number;
  /** @default - all of them */
  readonly patchSet?: number | undefined;
}

/** A ledger, as far as it is asked. */
interface Source extends Pick<Ledger, 'latestDecisions'> {
  readonly events: Pick<RecordedEvents, 'find' | 'ofChange'>;
}

/**
 * What the ledger knows of a change of a project; undefined when it has seen nothing of it. Conditions are explained from
 * the configuration of now, which may be another than the one that judged. Rejects when the ledger cannot be read.
 */
export async function readHistory(
  ledger: Source,
  explain: Explain,
  { project, change, patchSet }: HistoryQuery,
): Promise<ChangeHistory | undefined> {
  const found = await ledger.events.ofChange(change);
  if (found?.project !== project) {
    return undefined;
  }
  const { keys, omitted } = planHistory(found.keys, (key) => ledger.latestDecisions(key).size > 0);
  const events: EventHistory[] = [];
  for (const key of keys) {
    const recorded = await ledger.events.find(key);
    const history = recorded === undefined ? undefined : historyOf(recorded, ledger.latestDecisions(key), explain);
    if (history !== undefined && (patchSet === undefined || history.patchSet === patchSet)) {
      events.push(history);
    }
  }
  return { project, change, events, omitted };
}

function historyOf(
  { key, event, receivedAt, verdicts }: RecordedEvent,
  decisions: ReturnType<Source['latestDecisions']>,
  explain: Explain,
): EventHistory | undefined {
  if (event.patchSet === undefined) {
    return undefined;
  }
  const objections = explain(event);
  // Of pipelines that it did not match the ledger says nothing, as of those that came later.
  const unmatched: Verdicts = Object.fromEntries(Object.keys(objections).map((name) => [name, 'no-pipeline-match']));
  const pairs = Object.entries({ ...unmatched, ...verdicts }).map(([pipeline, verdict]): [string, PairHistory] => {
    const record = decisions.get(pipeline);
    const latest = record === undefined ? {} : { latest: { at: record.at, decision: record.decision } };
    const said = verdict === 'no-pipeline-match' ? (objections[pipeline] ?? []) : [];
    return [pipeline, { verdict, objections: [...said], ...latest }];
  });
  return {
    key,
    type: event.type,
    at: receivedAt,
    patchSet: event.patchSet.number,
    isPrivate: event.change?.private === true,
    asksWhy: asksWhy(event),
    pairs: Object.fromEntries(pairs),
  };
}
