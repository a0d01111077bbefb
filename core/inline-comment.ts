/** Output parameter of a step that holds its comments on files; see `docs/definitions.md`. */
export const COMMENTS_PARAMETER = 'seakeeper-comments';

/** A comment on a file of a patch set, or on one of its lines. */
export interface InlineComment {
  /** As Gerrit names the file: `src/a.js`, or `/COMMIT_MSG`. */
  readonly path: string;
  /** From 1; absent: the whole file. */
  readonly line?: number;
  readonly message: string;
  /** Whether somebody is to say that it is done. */
  readonly unresolved: boolean;
}
