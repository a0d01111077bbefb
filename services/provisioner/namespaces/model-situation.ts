import type { ObjectName } from './kinds';
import type { DriftNote } from './plan-conditions';
import type { ProjectFacts, SpaceFacts, StoreState, Told } from './project-table';

/** The namespace itself: the first object of every rendering. */
export const NAMESPACE_BIT = 1n;

/** How long a namespace whose Project is gone stays, in milliseconds from when it was marked. */
export interface RetirementTimes {
  /** Runs have so long to come to their end; then they are stopped. */
  readonly drainMs: number;
  /** Runs are kept to be read for so long. */
  readonly retentionMs: number;
}

/** One step towards what should be. A bit is an object of the rendering; see `Entry`. */
export type Command =
  | { readonly kind: 'apply'; readonly bits: bigint }
  /** Takes away what carries our label, grants something, and is not asked for. */
  | { readonly kind: 'remove'; readonly objects: readonly ObjectName[] }
  | { readonly kind: 'open-store' }
  | { readonly kind: 'close-store' }
  /** Marks the namespace as on its way out, and takes away the rights to make runs. */
  | { readonly kind: 'cordon'; readonly since: string }
  /** Counts the runs, and tells them to stop when `stop`. */
  | { readonly kind: 'drain'; readonly stop: boolean }
  | { readonly kind: 'delete-namespace'; readonly uid: string }
  | { readonly kind: 'drop-finalizer' }
  | { readonly kind: 'tell'; readonly told: Told }
  /** Nothing more to do now; look again after so many milliseconds. */
  | { readonly kind: 'again'; readonly afterMs: number };

/** What is known of a project when it is planned. */
export interface Situation {
  readonly id: string;
  readonly project: ProjectFacts | undefined;
  readonly space: SpaceFacts | undefined;
  /** Names of the configured classes. */
  readonly classes: readonly string[];
  /** Objects to be kept; 0: none, or nobody can say. */
  readonly wanted: bigint;
  readonly synced: bigint;
  /** Objects that somebody keeps changing, and that are left to them for a while. */
  readonly held: bigint;
  readonly extras: readonly ObjectName[];
  readonly hasRootCertificate: boolean;
  readonly hasKey: boolean;
  readonly store: StoreState;
  readonly quotaUse: string | undefined;
  readonly drift: DriftNote | undefined;
  readonly conflict: string | undefined;
  /** Runs that were not finished when they were last counted; undefined: not counted in this pass. */
  readonly running: number | undefined;
  readonly retirement: RetirementTimes;
  /** Milliseconds since the epoch. */
  readonly now: number;
}
