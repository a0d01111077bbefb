/** One build of a CI log: it took a slot in [startMs, endMs), so one that ends as another starts does not overlap it. */
export interface Build {
  /** Milliseconds since 1970-01-01T00:00Z, whole. */
  readonly startMs: number;
  /** Milliseconds since 1970-01-01T00:00Z, whole; at or after `startMs`. */
  readonly endMs: number;
  /** Cores it was given. */
  readonly cpu?: number;
  /** Bytes of memory it was given. */
  readonly memoryBytes?: number;
  readonly project?: string;
  readonly pool?: string;
  readonly pipeline?: string;
  readonly status?: string;
}

/** Something a reader must know about a result that was computed all the same. */
export interface Warning {
  readonly code: WarningCode;
  /** One line for people: what, the value, what it means. */
  readonly message: string;
}

export type WarningCode =
  | 'refused-rows'
  | 'two-offsets'
  | 'mixed-epoch-units'
  | 'zero-length'
  | 'long-builds'
  | 'few-builds'
  | 'few-days'
  | 'one-project'
  | 'no-project'
  | 'gaps'
  | 'incomplete-days'
  | 'missing-cpu'
  | 'missing-memory'
  | 'too-many-pools'
  | 'missing-pool';

/** A row that cannot be a build. */
export interface RefusedRow {
  /** 1 is the file's first line that is not blank: a CSV's header, or the first build of JSON lines. */
  readonly row: number;
  /** What is wrong, the value, and what is allowed. */
  readonly reason: string;
}

/** What came of reading a file of builds. */
export interface Reading {
  /** Rows with builds, refused ones included. */
  readonly rows: number;
  readonly accepted: number;
  readonly refused: {
    readonly count: number;
    /** The first of them, at most as many as were asked for. */
    readonly first: readonly RefusedRow[];
  };
  /** Builds by project, most first; without a project column, empty. */
  readonly projects: ReadonlyMap<string, number>;
  readonly warnings: readonly Warning[];
}

/** Takes builds one by one. */
export type BuildSink = (build: Build) => void;
