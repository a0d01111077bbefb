/** A replica that would lead. */
export interface Candidate {
  /** What its volume is known by. */
  readonly id: string;
  /** Its number in the StatefulSet. */
  readonly ordinal: number;
  /** Whether its ledger holds nothing. */
  readonly isEmpty: boolean;
}

export type MayLead =
  | { readonly kind: 'in-step' }
  /** Nobody has led yet, as far as the lease says. */
  | { readonly kind: 'first' }
  /** Nobody who is in step has come for so long that standing still is worse. */
  | { readonly kind: 'unclean' }
  | { readonly kind: 'no'; readonly why: string };

/** An empty replica waits this much longer, for one that knows more. */
const EMPTY_FACTOR = 2;

/**
 * Whether a replica may take a lease that is nobody's. `inStep` are the ids that the lease names; undefined when it names
 * none, which is so before the first leader and after somebody has deleted it: then the first replica leads, whose
 * volume is the one that a gateway of a single replica had.
 */
export function decideMayLead(
  { id, ordinal, isEmpty }: Candidate,
  inStep: readonly string[] | undefined,
  leaderlessMs: number,
  uncleanAfterMs: number,
): MayLead {
  if (inStep === undefined) {
    return ordinal === 0 ? { kind: 'first' } : { kind: 'no', why: 'there was no leader yet; replica 0 is the first' };
  }
  if (inStep.includes(id)) {
    return { kind: 'in-step' };
  }
  return leaderlessMs >= uncleanAfterMs * (isEmpty ? EMPTY_FACTOR : 1)
    ? { kind: 'unclean' }
    : { kind: 'no', why: 'another replica has decisions that this one has not; waiting for it' };
}
