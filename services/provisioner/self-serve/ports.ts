import type { GerritNow, ProjectNow, Refusal, ServedRecord } from './decide';

/** A project of Gerrit's list. */
export interface ListedProject {
  readonly name: string;
  readonly state: 'ACTIVE' | 'READ_ONLY' | 'HIDDEN';
  /** Tip of its `refs/meta/config`. */
  readonly commit: string;
}

/** Gerrit as self-serve needs it. Calls reject with `TransientError` when Gerrit cannot be asked now. */
export interface Gerrit {
  /** Every project whose `refs/meta/config` we may read, page by page. */
  list(): AsyncIterable<ListedProject>;
  /** What it says of a project now; `gone` with the time since when by our watch. */
  look(project: string, pipelines: readonly string[]): Promise<GerritNow>;
  /** User name (or else the address) of who brought what `seakeeper/` holds at a commit; `hint` if it was that very push. */
  bringer(project: string, commit: string, hint: Hint | undefined): Promise<string>;
  /**
   * Tells whoever brought the commit, once for each (commit, reason): on the change it came by, else on a change of our
   * own. `not-allowed`: Gerrit grants us neither.
   */
  tell(project: string, refusal: Refusal, who: string): Promise<'told' | 'told-before' | 'not-allowed'>;
  /** Closes changes of our own that told what is no longer so. */
  withdraw(project: string): Promise<void>;
}

/** Who the event of a push named. */
export interface Hint {
  readonly commit: string;
  readonly submitter: string | undefined;
}

/** `Project` objects, followed. */
export interface Projects {
  find(gerritName: string): Promise<ProjectNow | undefined>;
  /** Names of those of ours, for a sweep to look after. */
  ours(): readonly string[];
  isOurs(gerritName: string): boolean;
  /** Commit in the status of a project's object, as followed. */
  commitOf(gerritName: string): string | undefined;
  /** Projects and namespaces on their way out there are, without this project's own. */
  countBeside(gerritName: string): number;
  create(
    gerritName: string,
    project: { readonly by: string; readonly visibility: 'public' | 'private' },
  ): Promise<'created' | 'refused-by-the-cluster'>;
  putFound(
    gerritName: string,
    found: { readonly commit: string; readonly pipelines: readonly string[] },
  ): Promise<void>;
  putVisibility(gerritName: string, visibility: 'public' | 'private'): Promise<void>;
  retire(gerritName: string): Promise<void>;
}

/** What we noted of projects, durable, by Gerrit name. */
export interface Records {
  find(gerritName: string): ServedRecord | undefined;
  /** Times at which somebody was served since then, this project aside. Milliseconds since 1970. */
  servedSince(by: string, since: number, beside: string): readonly number[];
  put(gerritName: string, record: ServedRecord): Promise<void>;
}
