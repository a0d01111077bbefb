import { z } from 'zod';
import { votesOfComment } from '../../core/comment-text';
import { GERRIT_EVENT_TYPES } from '../../core/event-type';
import { Account, GerritEvent, type Vote } from '../../core/gerrit-event';

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

/** Events a pipeline can act on, or that end what one does; the only ones that Gerrit is asked to send. */
export const STREAM_TYPES = [...GERRIT_EVENT_TYPES, 'change-deleted'] as const;

/** A vote as the stream says it, in text; `oldValue` only if the event changed it, no `value` where none is left. */
const Approval = z.object({
  type: z.string(),
  value: z.coerce.number().int().optional(),
  oldValue: z.coerce.number().int().optional(),
});
/** The newer types name who did it each in its own way. */
const Actor = Account.optional();
const StreamEvent = GerritEvent.omit({ actor: true, addedHashtags: true, removedHashtags: true }).extend({
  approvals: z.array(Approval).optional(),
  abandoner: Actor,
  deleter: Actor,
  changer: Actor,
  editor: Actor,
  adder: Actor,
  remover: Actor,
  added: z.array(z.string()).optional(),
  removed: z.array(z.string()).optional(),
});
type StreamEvent = z.infer<typeof StreamEvent>;

/** Refs that Gerrit writes for itself: most of what a busy server says, and never a reason to run anything. */
const OWN_REFS =
  /^refs\/(changes|users|groups|draft-comments|starred-changes|sequences|cache-automerge|meta\/(external-ids|version)$)/;

/** Types whose key is in the event itself. */
const WITH_KEY: ReadonlySet<string> = new Set(['patchset-created', 'change-merged', 'change-deleted']);
/** Types of which the stream does not say the patch set. */
const WITHOUT_PATCH_SET: ReadonlySet<string> = new Set(['topic-changed', 'hashtags-changed', 'change-deleted']);

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
  return classify(eventOf(parsed.data));
}

/** The event with what each type names in its own way under one name. */
function eventOf(said: StreamEvent): GerritEvent {
  const { approvals, abandoner, deleter, changer, editor, adder, remover, added, removed, comment, ...event } = said;
  const actor = abandoner ?? deleter ?? changer ?? editor ?? adder ?? remover;
  if (event.type === 'comment-added') {
    return withVotes({ ...event, ...(comment === undefined ? {} : { comment }) }, approvals);
  }
  return {
    ...event,
    ...(actor === undefined ? {} : { actor }),
    ...(event.type === 'hashtags-changed' ? { addedHashtags: added ?? [], removedHashtags: removed ?? [] } : {}),
  };
}

/** Adds the votes that a comment changed, of all that its author has. */
function withVotes(event: GerritEvent, approvals: readonly z.infer<typeof Approval>[] = []): GerritEvent {
  const changed = approvals.flatMap(({ type, value, oldValue = value }): Vote[] =>
    value === undefined || oldValue === value ? [] : [{ label: type, value }],
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
    case 'ref-updated':
      return classifyRef(event);
  }
  if (!STREAM_TYPES.some((known) => known === type)) {
    return { kind: 'noise', type };
  }
  const isWhole = event.change !== undefined && (event.patchSet !== undefined || WITHOUT_PATCH_SET.has(type));
  return isWhole ? found(event, !WITH_KEY.has(type)) : { kind: 'undecodable', why: `${type} without its change` };
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
