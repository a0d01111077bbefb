import type { Account, GerritEvent } from '../../../core/gerrit-event';

/** What a change is now. */
export interface ChangeFacts {
  readonly topic: string | undefined;
  readonly hashtags: readonly string[];
  readonly isWip: boolean;
  readonly isPrivate: boolean;
}

/** What a patch set is, where the event does not say it. */
export interface PatchSetFacts {
  readonly commitMessage: string;
  readonly author: Account;
  readonly uploader: Account;
  readonly kind: string | undefined;
}

/** A vote that stands on the patch set. */
export interface StandingVote {
  readonly label: string;
  readonly value: number;
  readonly by: Account;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** How an account is asked for: by its user name or, where there is none, by an address. */
export interface AccountName {
  readonly by: 'username' | 'email';
  readonly name: string;
}

/** What Gerrit must be asked for before a condition has an answer. */
export type Need =
  | { readonly kind: 'change' | 'patch-set' | 'files' | 'votes' }
  | { readonly kind: 'membership'; readonly account: AccountName; readonly group: string };

/** What Gerrit has said; what is absent is not known. */
export interface GerritFacts {
  readonly change?: ChangeFacts | undefined;
  readonly patchSet?: PatchSetFacts;
  /** Paths that the patch set touches, old names of moved files among them. */
  readonly files?: readonly string[];
  readonly votes?: readonly StandingVote[];
  /** Who is in which group, by `membershipKey`. */
  readonly memberships?: Readonly<Record<string, boolean>>;
}

/** What filters look at. */
export interface Subject {
  readonly event: GerritEvent;
  readonly facts: GerritFacts;
  /** Milliseconds since 1970: votes are older or newer than something. */
  readonly now: number;
}

export const membershipKey = ({ by, name }: AccountName, group: string): string => JSON.stringify([by, name, group]);

/** Two sets of facts as one; the later one has the last word. */
export function mergeFacts(known: GerritFacts, more: GerritFacts): GerritFacts {
  return { ...known, ...more, memberships: { ...known.memberships, ...more.memberships } };
}
