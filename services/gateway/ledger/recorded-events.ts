import { projectOfKey } from '../../../core/event-key';
import type { GerritEvent } from '../../../core/gerrit-event';
import { decodeFrame } from './decode-frame';
import type { Place } from './model-event-index';
import type { LedgerModel } from './model-ledger';
import type { Verdicts } from './model-record';
import type { Location, SegmentStore } from './segment-store';

/** Enough to try a definition on. */
const MOST_OF_A_PROJECT = 200;

/** An event as it was recorded. */
export interface RecordedEvent {
  readonly key: string;
  readonly event: GerritEvent;
  readonly receivedAt: string;
  readonly verdicts: Verdicts;
}

/** What a ledger has of a change. */
export interface ChangeEvents {
  readonly project: string;
  /** In the order they came. */
  readonly keys: readonly string[];
}

/** Reads a ledger's events from disk, where the index says that they lie. Rejects for one that is damaged there. */
export class RecordedEvents {
  constructor(
    private readonly store: Pick<SegmentStore, 'readLocation'>,
    private readonly model: LedgerModel,
    /** Resolves when all that was accepted before is on disk. */
    private readonly flush: () => Promise<void>,
  ) {}

  async find(key: string): Promise<RecordedEvent | undefined> {
    const [found] = await this.read(() => this.model.placesOfKey(key));
    return found;
  }

  /** Keys of a change's events in the order they came, and the project it is of; undefined when there are none. */
  async ofChange(change: number): Promise<ChangeEvents | undefined> {
    const events = await this.read(() => this.model.placesOfChange(change));
    return changeEvents(events.map(({ key }) => key));
  }

  /** A project's newest events, at most 200, oldest first. */
  async latestOf(project: string): Promise<GerritEvent[]> {
    const events = await this.read(() => this.model.placesOfProject(project, MOST_OF_A_PROJECT));
    return events.map(({ event }) => event);
  }

  /** Events at the places that `find` names, once all of them are on disk. */
  private async read(find: () => readonly Place[]): Promise<RecordedEvent[]> {
    if (find().some(({ length }) => length === undefined)) {
      await this.flush();
    }
    const events: RecordedEvent[] = [];
    for (const { segment, offset = 0, length = 0 } of find()) {
      events.push(await this.readAt({ segment, offset, length }));
    }
    return events;
  }

  private async readAt({ segment, offset, length }: Location): Promise<RecordedEvent> {
    const frame = await this.store.readLocation({ segment, offset, length });
    const record = decodeFrame(frame.subarray(0, -1));
    if (record === 'damaged' || record.kind !== 'event') {
      throw new Error(`ledger segment ${segment} is damaged at byte ${offset}; restore its volume`);
    }
    return { key: record.key, event: record.event, receivedAt: record.at, verdicts: record.verdicts };
  }
}

/** Keys of a change, and the project that they name; undefined for none. */
export function changeEvents(keys: readonly string[]): ChangeEvents | undefined {
  const project = projectOfKey(keys.at(-1) ?? '');
  return project === undefined ? undefined : { project, keys };
}
