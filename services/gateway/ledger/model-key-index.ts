const NONE: readonly string[] = [];

/** Keys of events by what they are about, such as a change, in the order they came. */
export class KeyIndex<Subject> {
  private readonly keys = new Map<Subject, string[]>();

  /**
   * @param subjectOf - undefined: the key is about none, and is not taken
   * @param most - newest keys that are kept in mind of a subject; by default all
   */
  constructor(
    private readonly subjectOf: (key: string) => Subject | undefined,
    private readonly most = Number.POSITIVE_INFINITY,
  ) {}

  /** Takes a key that is not in it. */
  add(key: string): void {
    const subject = this.subjectOf(key);
    if (subject === undefined) {
      return;
    }
    const known = this.keys.get(subject);
    if (known === undefined) {
      this.keys.set(subject, [key]);
      return;
    }
    known.push(key);
    // Cut seldom, so that an event costs no more than being added.
    if (known.length >= 2 * this.most) {
      known.splice(0, known.length - this.most);
    }
  }

  /** Oldest first. */
  of(subject: Subject): readonly string[] {
    return this.keys.get(subject)?.slice(-this.most) ?? NONE;
  }

  /** Forgets every key but those that are still there. */
  keepOnly(isThere: (key: string) => boolean): void {
    for (const [subject, keys] of this.keys) {
      const left = keys.filter(isThere);
      if (left.length === 0) {
        this.keys.delete(subject);
      } else if (left.length < keys.length) {
        this.keys.set(subject, left);
      }
    }
  }
}
