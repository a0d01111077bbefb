import { endsChange } from '../../core/event-type';
import type { GerritEvent } from '../../core/gerrit-event';
import type { Ledger } from './ledger/ledger';

/**
 * Pipelines that an event ends runs of: those that were handed an event of its change and may have a run of it, waiting or
 * running. Each of them decides on it like on any other event, so that it cannot be lost on the way.
 */
export function pipelinesToStop(
  event: GerritEvent,
  ledger: Pick<Ledger, 'findHandedOn' | 'latestDecisions'>,
): readonly string[] {
  const { change } = event;
  const known = change !== undefined && endsChange(event) ? ledger.findHandedOn(change.number) : undefined;
  if (known === undefined || known.project !== change?.project) {
    return [];
  }
  const pipelines = new Set<string>();
  for (const key of known.keys) {
    for (const [pipeline, latest] of ledger.latestDecisions(key)) {
      if (MAY_RUN.has(latest?.decision.kind ?? 'queued')) {
        pipelines.add(pipeline);
      }
    }
  }
  return [...pipelines];
}

/** Decisions after which there is, or may be, something to stop. */
const MAY_RUN: ReadonlySet<string> = new Set(['queued', 'spawned']);
