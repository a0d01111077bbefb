/** Gerrit puts `Patch Set 3: Code-Review+1` and `(2 comments)` before what a person wrote. */
const HEADER = /^(?:Patch Set \d+:[^\n]*(?:\n+|$))?(?:\(\d+ (?:inline )?comments?\)(?:\n+|$))?/;

/** What a person wrote in a review message, without the lines Gerrit puts before it; may be empty. */
export function commentText(message: string): string {
  return message.replaceAll('\r\n', '\n').trimStart().replace(HEADER, '').trim();
}

/** A vote that a review message says it cast; 0: it was taken back. */
export interface CastVote {
  readonly label: string;
  readonly value: number;
}

const VOTES = /^Patch Set \d+:([^\n]*)/;
const VOTE = /(?:^|\s)(?:([A-Za-z][A-Za-z0-9-]*)([+-]\d+)|-([A-Za-z][A-Za-z0-9-]*))(?=\s|$)/g;

/**
 * The votes in the line Gerrit puts first, such as `Patch Set 3: Code-Review+2 -Verified`, which names what the comment
 * changed; what a person writes never stands in it.
 */
export function votesOfComment(message: string): CastVote[] {
  const line = VOTES.exec(message.trimStart())?.[1] ?? '';
  return [...line.matchAll(VOTE)].map(([, label = '', value = '0', taken = label]) => ({
    label: taken,
    value: Number(value),
  }));
}
