import { projectOfKey } from '../../../core/event-key';

/** Newest events that are kept in mind of each project: enough to try a definition on. */
export const MOST_OF_A_PROJECT = 200;

const NONE: readonly string[] = [];

/** Keys of each project's newest events, in the order they came. Keys only, which the ledger holds anyway. */
export class ProjectIndex {
  private readonly keys = new Map<string, string[]>();

  /** Takes a key that is not in it. */
  add(key: string): void {
    const project = projectOfKey(key);
    if (project === undefined) {
      return;
    }
    const known = this.keys.get(project);
    if (known === undefined) {
      this.keys.set(project, [key]);
      return;
    }
    known.push(key);
    // Cut seldom, so that an event costs no more than being added.
    if (known.length >= 2 * MOST_OF_A_PROJECT) {
      known.splice(0, known.length - MOST_OF_A_PROJECT);
    }
  }

  /** Oldest first. */
  of(project: string): readonly string[] {
    return this.keys.get(project)?.slice(-MOST_OF_A_PROJECT) ?? NONE;
  }

  /** Forgets every key but those that are still there. */
  keepOnly(isThere: (key: string) => boolean): void {
    for (const [project, keys] of this.keys) {
      const left = keys.filter(isThere);
      if (left.length === 0) {
        this.keys.delete(project);
      } else if (left.length < keys.length) {
        this.keys.set(project, left);
      }
    }
  }
}
