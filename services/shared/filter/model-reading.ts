import { commentText } from '../../../core/comment-text';
import { type Account, actorOf, branchOf, castVotesOf, projectOfEvent, type Vote } from '../../../core/gerrit-event';
import type { Need, StandingVote, Subject } from './model-facts';

/** What a condition looks at: all there is of it, maybe nothing; or what Gerrit must be asked for first. */
export type Reading<Value> = { readonly found: readonly Value[] } | { readonly needs: readonly Need[] };
export type Reader<Value> = (subject: Subject) => Reading<Value>;

const TAGS = 'refs/tags/';
/** What Gerrit lists among a patch set's files and is none. */
const MAGIC = ['/COMMIT_MSG', '/MERGE_LIST', '/PATCHSET_LEVEL'];

const found = <Value>(value: Value | undefined): Reading<Value> => ({ found: value === undefined ? [] : [value] });

/** The event says it, or nobody does. */
const inEvent =
  <Value>(read: (event: Subject['event']) => Value | undefined): Reader<Value> =>
  ({ event }) =>
    found(read(event));

/** Of a change's event; what it does not say itself, facts do. */
const ofChange =
  <Value>(need: Need, read: (subject: Subject) => readonly Value[] | undefined): Reader<Value> =>
  (subject) => {
    if (subject.event.change === undefined) return { found: [] };
    const values = read(subject);
    return values === undefined ? { needs: [need] } : { found: values };
  };

const one = <Value>(value: Value | undefined): Value[] | undefined => (value === undefined ? undefined : [value]);
const CHANGE: Need = { kind: 'change' };
const PATCH_SET: Need = { kind: 'patch-set' };

export const project: Reader<string> = inEvent(projectOfEvent);
export const branch: Reader<string> = inEvent(branchOf);
export const ref: Reader<string> = inEvent(({ refUpdate }) => refUpdate?.refName);
export const tag: Reader<string> = inEvent(({ refUpdate }) =>
  refUpdate?.refName.startsWith(TAGS) ? refUpdate.refName.slice(TAGS.length) : undefined,
);
export const comment: Reader<string> = inEvent((event) =>
  event.comment === undefined ? undefined : commentText(event.comment),
);

export const addedHashtags: Reader<string> = ({ event }) => ({ found: event.addedHashtags ?? [] });
export const removedHashtags: Reader<string> = ({ event }) => ({ found: event.removedHashtags ?? [] });

/** Votes that the event changed. */
export const castVotes: Reader<Vote> = ({ event }) => ({ found: castVotesOf(event) });

export const topic = ofChange(CHANGE, ({ facts }) => facts.change && (facts.change.topic ? [facts.change.topic] : []));
export const hashtags = ofChange(CHANGE, ({ facts }) => facts.change?.hashtags);
export const isWip = ofChange(CHANGE, ({ facts }) => one(facts.change?.isWip));
export const isPrivate = ofChange(CHANGE, ({ facts }) => one(facts.change?.isPrivate));

export const commitMessage = ofChange(PATCH_SET, ({ event, facts }) =>
  one(event.change?.commitMessage ?? facts.patchSet?.commitMessage),
);
export const uploader = ofChange(PATCH_SET, ({ event, facts }) =>
  one(event.patchSet?.uploader ?? facts.patchSet?.uploader),
);
/** A patch set's is its uploader, whom older ledgers do not name with what came by REST. */
export const actor: Reader<Account> = (subject) =>
  subject.event.type === 'patchset-created' ? uploader(subject) : found(actorOf(subject.event));
export const author = ofChange(PATCH_SET, ({ event, facts }) => one(event.patchSet?.author ?? facts.patchSet?.author));
export const kind = ofChange(PATCH_SET, ({ event, facts }) =>
  event.patchSet?.kind === undefined && facts.patchSet !== undefined
    ? [facts.patchSet.kind ?? 'unknown']
    : one(event.patchSet?.kind),
);

export const files = ofChange({ kind: 'files' }, ({ facts }) => facts.files?.filter((path) => !MAGIC.includes(path)));
export const standingVotes: Reader<StandingVote> = ofChange({ kind: 'votes' }, ({ facts }) => facts.votes);
