import type { FilterReason } from '../../core/decision';
import { endsChange } from '../../core/event-type';
import type { GerritEvent } from '../../core/gerrit-event';
import type { Pipeline } from '../../core/pipeline';
import { eventsOf } from '../../core/pipeline-trigger';

/** What Gerrit says of a change now, as far as it can keep an event from running. */
interface ChangeState {
  readonly status: 'NEW' | 'MERGED' | 'ABANDONED';
  readonly currentRevision: string | undefined;
  readonly isPrivate: boolean;
}

export interface RefusalFacts {
  readonly event: GerritEvent;
  /** When the ledger received the event; milliseconds since 1970. */
  readonly eventAt: number;
  readonly pipeline: Pick<Pipeline, 'triggers'>;
  /** Undefined for an event of a ref, and for a change that is not there for us. */
  readonly change: ChangeState | undefined;
  /** When somebody last had the change taken out of the pipeline; milliseconds since 1970. */
  readonly dequeuedAt: number | undefined;
}

const NO_COMMIT = /^0+$/;

/** Why an event runs nothing, whatever its definition says. */
export function decideRefusal(facts: RefusalFacts): FilterReason | undefined {
  const { event, change } = facts;
  if (event.change === undefined) {
    return NO_COMMIT.test(event.refUpdate?.newRev ?? '') ? 'ref-deleted' : undefined;
  }
  if (event.type === 'change-deleted') {
    // Gerrit says so a moment before it is so.
    return 'stops-runs';
  }
  if (change === undefined) {
    return 'change-not-visible';
  }
  return change.isPrivate ? 'private-change' : refusalOf(facts, change);
}

/** Of a change that everybody may see. */
function refusalOf(
  { event, eventAt, pipeline, dequeuedAt }: RefusalFacts,
  change: ChangeState,
): FilterReason | undefined {
  if (event.type === 'change-merged') {
    // The patch set that was merged is the one to run, whatever a submit strategy made of it since.
    return change.status === 'MERGED' ? undefined : 'not-the-current-patch-set';
  }
  const isEnd = endsChange(event);
  if (change.status !== (isEnd ? 'ABANDONED' : 'NEW')) {
    return isEnd ? 'change-open' : 'change-closed';
  }
  if (isEnd && !waitsFor(pipeline, event)) {
    return 'stops-runs';
  }
  if (change.currentRevision !== event.patchSet?.revision) {
    return 'not-the-current-patch-set';
  }
  return dequeuedAt !== undefined && eventAt < dequeuedAt ? 'dequeued' : undefined;
}

const waitsFor = ({ triggers }: Pick<Pipeline, 'triggers'>, event: GerritEvent): boolean =>
  triggers.some((trigger) => eventsOf(trigger).some((type) => type === event.type));
