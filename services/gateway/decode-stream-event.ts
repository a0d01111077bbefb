import { z } from 'zod';
import { votesOfComment } from '../../core/comment-text';
import { EVENT_TYPES } from '../../core/event-type';
import { GerritEvent, type Vote } from '../../core/gerrit-event';

/** What a line of Gerrit's stream is to us. */
export type StreamLine =
  /** `needsMessageId`: its key is known only once Gerrit was asked for the change message it left. */
  | { readonly kind: 'event'; readonly event: GerritEvent; readonly needsMessageId: boolean }
  /** Gerrit's queue for us overflowed and events are gone. */
  | { readonly kind: 'dropped-output' }
  /** No pipeline can act on it. */
  | { readonly kind: 'noise'; readonly type: string }
  | { readonly kind: 'undecodable'; readonly why: string };

/** One of them that says an event. */
export type SaidEvent = Extract<StreamLine, { kind: 'event' }>;

/** Events a pipeline can act on; the only ones that Gerrit is asked to send. */
export const STREAM_TYPES = EVENT_TYPES;

/** A vote as the stream says it, in text; `oldValue` only if the event changed it. */
const Approval = z.object({
  type: z.string(),
  value: z.coerce.number().int(),
  oldValue: z.coerce.number().int().optional(),
});
const StreamEvent = GerritEvent.extend({ approvals: z.array(Approval).optional() });
type StreamEvent = z.infer<typeof StreamEvent>;

/** Refs that Gerrit writes for itself: most of what a busy server says, and never a reason to run anything. */
const OWN_REFS =
  /^refs\/(changes|users|groups|draft-comments|starred-changes|sequences|cache-automerge|meta\/(external-ids|version)$)/;

/** What one line of the stream says. Never throws. */
export function decodeStreamLine(line: string): StreamLine {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    return { kind: 'undecodable', why: 'not JSON' };
  }
  const parsed = StreamEvent.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return { kind: 'undecodable', why: `${issue?.path.join('.') || 'event'}: ${issue?.message ?? 'wrong shape'}` };
  }
  return classify(withVotes(parsed.data));
}

/** Puts the votes that a comment changed in the place of all that its author has. */
function withVotes({ approvals = [], ...event }: StreamEvent): GerritEvent {
  if (event.type !== 'comment-added') {
    return event;
  }
  const changed = approvals.flatMap(({ type, value, oldValue = value }): Vote[] =>
    oldValue === value ? [] : [{ label: type, value }],
  );
  // Two sources, since each can be silent: words in the reply box push Gerrit's own line, which names votes, out of the event.
  const said = votesOfComment(event.comment ?? '').filter(({ label }) => !changed.some((vote) => vote.label === label));
  return { ...event, votes: [...changed, ...said] };
}

function classify(event: GerritEvent): StreamLine {
  const { type } = event;
  switch (type) {
    case 'dropped-output':
      return { kind: 'dropped-output' };
    case 'patchset-created':
    case 'change-merged':
      return event.change && event.patchSet ? found(event) : { kind: 'undecodable', why: `${type} without its change` };
    case 'comment-added':
    case 'change-restored':
      return event.change && event.patchSet
        ? found(event, true)
        : { kind: 'undecodable', why: `${type} without its change` };
    case 'ref-updated':
      return classifyRef(event);
    default:
      return { kind: 'noise', type };
  }
}

function classifyRef(event: GerritEvent): StreamLine {
  if (event.refUpdate === undefined) {
    return { kind: 'undecodable', why: 'ref-updated without its ref' };
  }
  // Some servers say `master`, some `refs/heads/master`.
  const { refName } = event.refUpdate;
  const full = refName.startsWith('refs/') ? refName : `refs/heads/${refName}`;
  return OWN_REFS.test(full)
    ? { kind: 'noise', type: 'ref-updated' }
    : found({ ...event, refUpdate: { ...event.refUpdate, refName: full } });
}

function found(event: GerritEvent, needsMessageId = false): StreamLine {
  return { kind: 'event', event: { ...event, source: 'stream' }, needsMessageId };
}
