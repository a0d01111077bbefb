import { actorOf, type GerritEvent } from '../../core/gerrit-event';
import type { AccountInfo, ChangeMessageInfo, CommentInfo } from '../shared/gerrit-schema';
import { mayBeCarried, type Trace, typeOfTrace } from './model-trace';

/** Gerrit writes the message, then makes the event, and tells the event's time in whole seconds. */
const BEFORE_MS = 60_000;
const AFTER_MS = 2_000;
/** Gerrit says how many comments were published with a message, never what they say. */
const HAS_COMMENTS = /\(\d+ (?:inline )?comments?\)/;

/** The text of `comment-added` as the stream sends it: the comment on the patch set takes the message's place. */
export function streamCommentText(message: ChangeMessageInfo, comments: readonly CommentInfo[]): string {
  const inReplyBox = hasCommentsElsewhere(message) ? replyBoxComment(message, comments) : undefined;
  return inReplyBox === undefined ? message.message : `Patch Set ${message._revision_number ?? 0}:\n\n${inReplyBox}`;
}

/** Whether a message's text is somewhere else. */
export function hasCommentsElsewhere(message: ChangeMessageInfo): boolean {
  return HAS_COMMENTS.test(message.message);
}

/** What was written in the reply box; Gerrit's own link is by the second, so the second must do where it misses. */
function replyBoxComment(message: ChangeMessageInfo, comments: readonly CommentInfo[]): string | undefined {
  const linked = comments.find((comment) => comment.change_message_id === message.id);
  const sameSecond = comments.find(
    ({ updated, author }) => updated === message.date && isSameAuthor(author, message.author),
  );
  return (linked ?? sameSecond)?.message;
}

/**
 * The trace that a stream event left in its change; undefined: it cannot be seen yet. A comment's has the event's words, or
 * had them in a comment that cannot be found; the others' say by their tag what they are of. Of two the one that is not
 * `isTaken` by another event, and the older, since events come in the order in which they were said.
 *
 * @param traces - oldest first; a change can have thousands, and as many events that look for theirs, so each event
 *   looks closely at few
 * @param isComplete - whether what the event left must be among them: one without a message of its own was then part of
 *   another update, such as a topic that came with a push
 */
export function decideChangeMessage(
  event: GerritEvent,
  traces: readonly Trace[],
  comments: readonly CommentInfo[],
  isTaken: (messageId: string) => boolean,
  isComplete = false,
): Trace | undefined {
  const isComment = event.type === 'comment-added';
  const words = isComment ? event.comment?.trim() : undefined;
  const isOwn = isComment
    ? (trace: Trace) => trace.reviewer === undefined
    : (trace: Trace) => typeOfTrace(trace) === event.type;
  const fitsWell = (trace: Trace) =>
    isSameAuthor(event.reviewer, trace.reviewer) &&
    (words === undefined || streamCommentText(trace, comments).trim() === words);
  const oldest = (taken: boolean, fits: (trace: Trace) => boolean) =>
    traces.find((trace) => isTaken(trace.id) === taken && isOwn(trace) && isNear(event, trace) && fits(trace));
  const untaken = oldest(false, fitsWell);
  if (untaken !== undefined || (!isComment && mayBeCarried(event))) {
    return untaken ?? (isComplete ? carrierOf(event, traces, isOwn) : undefined);
  }
  // Every event may come twice, from two sources: rather a repeat of one that fits than one that does not.
  return oldest(true, fitsWell) ?? oldest(false, isComment ? hasCommentsElsewhere : () => true);
}

/**
 * The trace of the update by which an event came about: the newest of whoever did it, or one of the event's own kind from
 * the same second, of which it is then a repeat.
 */
function carrierOf(event: GerritEvent, traces: readonly Trace[], isOwn: (trace: Trace) => boolean): Trace | undefined {
  const until = (event.change?.lastUpdated ?? event.eventCreatedOn ?? Number.POSITIVE_INFINITY) * 1000;
  const near = traces.filter((trace) => isNear(event, trace) && Date.parse(trace.date) <= until);
  const newest = near.findLast((trace) => isOwn(trace) || typeOfTrace(trace) === undefined);
  return near.findLast((trace) => isOwn(trace) && trace.date === newest?.date) ?? newest;
}

/** Whether a trace is of an event's hand, patch set and moment. */
function isNear(event: GerritEvent, trace: Trace): boolean {
  if (!isSameAuthor(actorOf(event), trace.author)) {
    return false;
  }
  const patchSet = event.patchSet?.number;
  if (patchSet !== undefined && trace._revision_number !== undefined && trace._revision_number !== patchSet) {
    return false;
  }
  if (event.eventCreatedOn === undefined) {
    return true;
  }
  const age = event.eventCreatedOn * 1000 - Date.parse(trace.date);
  return age <= BEFORE_MS && age >= -AFTER_MS;
}

function isSameAuthor(said: GerritEvent['author'], wrote: AccountInfo | undefined): boolean {
  for (const name of ['username', 'email', 'name'] as const) {
    if (said?.[name] !== undefined && wrote?.[name] !== undefined) {
      return said[name] === wrote[name];
    }
  }
  return said === undefined || wrote === undefined;
}
