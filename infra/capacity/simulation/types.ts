/**
 * Builds to simulate, one column a property and one row a build, in order of arrival. Columns and not objects: a million
 * builds are then 40 MB and no garbage.
 */
export interface BuildTrace {
  /** When a build could have started, seconds since any origin; ascending. */
  readonly arrival: Float64Array;
  /** How long it runs, in seconds. */
  readonly duration: Float64Array;
  /** Index into `shapes`: what it requests and where it may run. */
  readonly shape: Uint16Array;
  readonly shapes: readonly BuildShape[];
  /** Index into `groups`: whom it belongs to, in the report. */
  readonly group: Uint16Array;
  readonly groups: readonly string[];
}

/** What a kind of build requests. */
export interface BuildShape {
  /** Cores. */
  readonly cpu: number;
  /** Bytes. */
  readonly memory: number;
  /** Higher goes first. */
  readonly priority: number;
  /** Pools it may run in, the preferred one first. */
  readonly pools: readonly string[];
}

/** Something that runs builds: a machine, or build slots of one size. */
export interface SimulatedNode {
  readonly name: string;
  /** Cores that builds may request. */
  readonly cpu: number;
  /** Bytes that builds may request. */
  readonly memory: number;
  readonly pool: string;
}

/** What a simulation may be told. */
export interface SimulationOptions {
  /** Whether a build with no room pushes out builds of lower priority, which then start anew. @default false */
  readonly preemption?: boolean;
  /** Wait beyond which a build counts as starved, in seconds. @default 1800 */
  readonly starvedAfterSeconds?: number;
  /** Wait that is still good, in seconds. @default 60 */
  readonly goodWaitSeconds?: number;
}

/** Waits of a number of builds, in seconds: from arrival to start, and after being pushed out to the next start. */
export interface WaitFigures {
  readonly builds: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly longest: number;
  /** Share that waited no longer than is good. */
  readonly good: number;
  /** Builds that waited longer than a build may. */
  readonly starved: number;
}

/** What happened in a simulation. */
export interface SimulationResult {
  readonly waits: WaitFigures;
  /** The same by group, in the order of the trace's groups; groups without a build are left out. */
  readonly groups: readonly (WaitFigures & { readonly group: string })[];
  /** Builds that request more than any node of theirs has. They never ran and are in none of the figures. */
  readonly neverFits: number;
  /** Starts lost to builds of higher priority. */
  readonly preempted: number;
  /** Seconds of build time thrown away by that. */
  readonly lostSeconds: number;
  /** Busiest resource's share of what the nodes offered, from the first arrival to the last end. */
  readonly utilisation: { readonly cpu: number; readonly memory: number };
  /** From the first arrival to the last end, in hours. */
  readonly hours: number;
  /** Nodes × hours. */
  readonly nodeHours: number;
}
