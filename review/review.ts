import type { CapacitySummary } from './capacity';
import type { DangerGroup } from './find-dangers';
import type { ObjectChange } from './object-change';
import type { QuotaCut } from './quota-cuts';

/** What a review was made of, which its readers must know before they believe it. */
export interface ReviewBasis {
  readonly stack: string;
  /** Commits compared, in full. */
  readonly base: string;
  readonly head: string;
  /** Short names for them, as asked for. */
  readonly baseName: string;
  readonly headName: string;
  /** `rendering`: without a cluster. `preview`: what the engine would do to the cluster that is there. */
  readonly shown: 'rendering' | 'preview';
  /** Whose program was executed for the head's configuration. */
  readonly program: 'base' | 'head';
  /** Files of the program that differ and were not executed, sorted. */
  readonly notExecuted: readonly string[];
}

/** Everything a review says. Plain data: same data, same Markdown. */
export interface Review {
  readonly basis: ReviewBasis;
  readonly dangers: readonly DangerGroup[];
  readonly cuts: readonly QuotaCut[];
  /** In the order of `compareChanges`. */
  readonly changes: readonly ObjectChange[];
  readonly capacity: { readonly before: CapacitySummary; readonly after: CapacitySummary };
}
