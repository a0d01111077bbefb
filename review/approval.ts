/** A vote of an account. */
export interface ReviewVote {
  readonly account: number;
  readonly value: number;
}

/** What decides whether a revision's own program may be executed. */
export interface ApprovalFacts {
  readonly label: string;
  /** Lowest value that approves. */
  readonly value: number;
  readonly group: string;
  /** Accounts of the group, those of groups in it included. */
  readonly members: readonly number[];
  /** Votes that stand on the label, those that Gerrit copied from earlier patch sets included. */
  readonly standing: readonly ReviewVote[];
  /** Votes on the label that somebody cast on this very patch set. */
  readonly cast: readonly ReviewVote[];
  /** Whether the commit asked about is the change's newest patch set. */
  readonly isCurrent: boolean;
}

/** Yes, or why not in one line. */
export type Approval = { readonly approved: true } | { readonly approved: false; readonly why: string };

/**
 * Whether a member of the group approved exactly this revision. A vote that Gerrit copied from an earlier patch set approves
 * nothing here: nobody has seen this code. A member's vote below zero forbids.
 */
export function decideApproval({ label, value, group, members, standing, cast, isCurrent }: ApprovalFacts): Approval {
  if (!isCurrent) return { approved: false, why: 'a newer patch set exists' };
  const own = standing.filter(({ account }) => members.includes(account));
  if (own.some((vote) => vote.value < 0)) {
    return { approved: false, why: `a member of ${group} voted ${label} below zero` };
  }
  const high = own.filter((vote) => vote.value >= value);
  if (high.length === 0) return { approved: false, why: `no member of ${group} voted ${label}+${value}` };
  // Cast here, and not taken back since.
  const here = high.some(({ account }) => cast.some((vote) => vote.account === account && vote.value >= value));
  return here ? { approved: true } : { approved: false, why: `${label}+${value} was given to an earlier patch set` };
}
