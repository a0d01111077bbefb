import type { GerritEvent } from '../../core/gerrit-event';
import type { ChangeInfo, CommentInfo } from '../shared/gerrit-schema';
import { decideChangeMessage } from './decide-change-message';
import { type Trace, tracesOf } from './model-trace';
import { isUpToDate } from './plan-lookup';
import { patchSetNumbered } from './plan-sweep';

/** A change as it was read to find what events of the stream left in it; each trace is found once. */
export class ChangeLook {
  private readonly traces: readonly Trace[];
  /** Ids of traces that belong to an event already, by the event's type. */
  private readonly taken = new Map<string, Set<string>>();

  constructor(
    private readonly info: ChangeInfo,
    private readonly comments: readonly CommentInfo[],
    /** Whether an event is recorded. */
    private readonly isKnown: (event: GerritEvent) => boolean,
  ) {
    this.traces = tracesOf(info);
  }

  /** The event with all its key is made of; undefined when what it left cannot be seen yet. `isLate`: nor will it be. */
  find(event: GerritEvent, isLate: boolean): GerritEvent | undefined {
    const taken = this.taken.get(event.type) ?? this.takenOf(event);
    this.taken.set(event.type, taken);
    const isComplete = isLate || isUpToDate(this.info, event);
    const trace = decideChangeMessage(event, this.traces, this.comments, (id) => taken.has(id), isComplete);
    if (trace === undefined) {
      return undefined;
    }
    taken.add(trace.id);
    const patchSet = event.patchSet ?? patchSetNumbered(this.info, trace._revision_number);
    return { ...event, patchSet, messageId: trace.id, tag: trace.tag };
  }

  private takenOf(event: GerritEvent): Set<string> {
    const ids = this.traces.map(({ id }) => id);
    return new Set(ids.filter((messageId) => this.isKnown({ ...event, messageId })));
  }
}
