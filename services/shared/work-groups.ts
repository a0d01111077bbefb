import { AdaptiveLimit } from './adaptive-limit';
import { KeyLanes, type Lane } from './key-lanes';

export interface WorkGroupsOptions {
  /** Name of a key's group, such as its project. */
  readonly of: (key: string) => string;
  /** Keys of one group worked on at once, at most. */
  readonly most: number;
}

interface Group {
  readonly lanes: KeyLanes;
  /** Places; fewer while the other side says that this group is too much for it. */
  readonly places: AdaptiveLimit;
  running: number;
}

/**
 * Keys that wait, by group. Groups take turns, and none has more than its places, so that one whose work takes long leaves
 * room for the others. Adding and taking need constant time.
 */
export class WorkGroups {
  private readonly groups = new Map<string, Group>();
  /** Groups with a key that waits and a place for it, in the order of their turns. */
  private readonly turns = new Set<string>();

  constructor(private readonly options: WorkGroupsOptions) {}

  /** Keys that wait. */
  get size(): number {
    let size = 0;
    for (const { lanes } of this.groups.values()) {
      size += lanes.size;
    }
    return size;
  }

  /** A key that waits already moves only from the resync to the fresh ones. */
  add(key: string, lane: Lane): void {
    const name = this.options.of(key);
    const group = this.groups.get(name) ?? {
      lanes: new KeyLanes(),
      places: new AdaptiveLimit(this.options.most),
      running: 0,
    };
    this.groups.set(name, group);
    group.lanes.add(key, lane);
    this.offer(name, group);
  }

  /** A key of the next group whose turn it is, which has a place until `done`; undefined: none waits that has one. */
  take(): string | undefined {
    for (const name of this.turns) {
      this.turns.delete(name);
      const group = this.groups.get(name);
      // Its places may have become fewer since it got its turn.
      const key = group !== undefined && hasPlace(group) ? group.lanes.take() : undefined;
      if (group !== undefined && key !== undefined) {
        group.running += 1;
        this.offer(name, group);
        return key;
      }
    }
    return undefined;
  }

  /** Work on a key that was taken is over, and how it went: undefined when that says nothing of the other side. */
  done(key: string, went?: 'well' | 'overloaded'): void {
    const name = this.options.of(key);
    const group = this.groups.get(name);
    if (group === undefined) {
      return;
    }
    group.running -= 1;
    if (went === 'well') {
      group.places.succeeded();
    } else if (went === 'overloaded') {
      group.places.overloaded();
    }
    const isAsNew = group.running === 0 && group.lanes.size === 0 && group.places.current === this.options.most;
    if (isAsNew) {
      this.groups.delete(name);
    } else {
      this.offer(name, group);
    }
  }

  /** Forgets all that wait. */
  clear(): void {
    this.turns.clear();
    for (const { lanes } of this.groups.values()) {
      lanes.clear();
    }
  }

  private offer(name: string, group: Group): void {
    if (group.lanes.size > 0 && hasPlace(group)) {
      this.turns.add(name);
    }
  }
}

const hasPlace = ({ running, places }: Group): boolean => running < places.current;
