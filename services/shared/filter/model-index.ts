import { branchOf, type GerritEvent, projectOfEvent } from '../../../core/gerrit-event';
import type { PipelineFilter, TriggerFilter } from './plan-filters';

/** A pipeline and those of its triggers that an event could start. */
export interface Candidate {
  readonly filter: PipelineFilter;
  readonly triggers: readonly TriggerFilter[];
}

interface Entry {
  readonly filter: PipelineFilter;
  readonly trigger: TriggerFilter;
}

/**
 * Triggers by the event they wait for and the plain project or, without one, the plain branch they are for. An event is
 * looked up three times, however many triggers there are; those that say neither in plain text are tried on each.
 */
export class FilterIndex {
  private readonly entries = new Map<string, Entry[]>();

  constructor(filters: readonly PipelineFilter[]) {
    for (const filter of filters) {
      for (const trigger of filter.triggers) {
        for (const key of keysOf(trigger)) {
          const known = this.entries.get(key);
          if (known === undefined) this.entries.set(key, [{ filter, trigger }]);
          else known.push({ filter, trigger });
        }
      }
    }
  }

  /** Pipelines with a trigger that is not known to say no. */
  candidates(event: GerritEvent): Candidate[] {
    const found = new Map<PipelineFilter, TriggerFilter[]>();
    const keys = [
      keyOf(event.type, 'project', projectOfEvent(event) ?? ''),
      keyOf(event.type, 'branch', branchOf(event) ?? ''),
      keyOf(event.type, 'any', ''),
    ];
    for (const key of keys) {
      for (const { filter, trigger } of this.entries.get(key) ?? []) {
        const triggers = found.get(filter);
        if (triggers === undefined) found.set(filter, [trigger]);
        else triggers.push(trigger);
      }
    }
    return [...found].map(([filter, triggers]) => ({ filter, triggers }));
  }
}

function keysOf({ events, projects, branches }: TriggerFilter): string[] {
  const [by, names] =
    projects !== undefined
      ? (['project', projects] as const)
      : branches !== undefined
        ? (['branch', branches] as const)
        : (['any', ['']] as const);
  return events.flatMap((event) => [...new Set(names)].map((name) => keyOf(event, by, name)));
}

/** No event's type has a space. */
const keyOf = (event: string, by: 'project' | 'branch' | 'any', name: string): string => `${event} ${by} ${name}`;
