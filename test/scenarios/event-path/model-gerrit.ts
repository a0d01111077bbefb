import { eventKey } from '../../../core/event-key';
import type { GerritEvent } from '../../../core/gerrit-event';
import type { FileContent, RefTip, Review, ReviewOutcome } from '../../../services/shared/gerrit-client';
import type { ChangeInfo, CommentInfo } from '../../../services/shared/gerrit-schema';
import { GOOD_DEFINITION, SERVER } from './fixtures';
import { MOST_LATENCY_MS } from './link';
import { ModelEventsLog } from './model-events-log';
import type { Random } from './random';
import type { VirtualClock } from './virtual-clock';

export const PROJECT = 'demo';
export const ACCOUNT = 'seakeeper-ci';
const BRANCH = 'master';
const PAGE = 2;
/** Between reading a change and the arrival of what is posted on it: the way back, and the way there. */
const ROUND_TRIP_MS = 2 * MOST_LATENCY_MS;
const ALICE = { name: 'Alice', email: 'alice@example.com', username: 'alice' };
const BOT = { name: 'CI', email: 'ci@example.com', username: ACCOUNT };

export interface Message {
  readonly id: string;
  readonly author: typeof ALICE;
  readonly at: number;
  readonly patchSet: number;
  readonly text: string;
  readonly tag: string | undefined;
}

interface PatchSet {
  readonly number: number;
  readonly revision: string;
  readonly at: number;
  supersededAt: number | undefined;
}

export interface Change {
  readonly number: number;
  status: 'NEW' | 'MERGED' | 'ABANDONED';
  readonly patchSets: PatchSet[];
  readonly messages: Message[];
  readonly comments: CommentInfo[];
  /** Vote of our account by revision. */
  readonly votes: Map<string, number>;
  updatedAt: number;
  submittedAt: number | undefined;
  /** When it was last not open. */
  closedAt: number | undefined;
  wasClosed: boolean;
  wasRestored: boolean;
  /** What a search knows of it. */
  indexed: Indexed | undefined;
}

/** A change as it was when it was indexed, and as it was indexed before that. */
interface Indexed {
  readonly at: number;
  readonly info: ChangeInfo;
  readonly before: Indexed | undefined;
}

/** Something that happened and must get its decision, and under which key. */
export interface Truth {
  readonly key: string;
  readonly event: GerritEvent;
  readonly at: number;
}

/** One connection of `gerrit stream-events`. */
export interface StreamReader {
  readonly take: (bytes: Buffer) => void;
  readonly closed: () => void;
  /** Whether anybody still reads. */
  readonly isThere: () => boolean;
}

/** What the stream says of an event besides its change. */
type Said = Pick<GerritEvent, 'type' | 'author' | 'actor' | 'comment'>;

/** Gerrit writes times in whole seconds. */
const second = (ms: number): number => Math.floor(ms / 1000) * 1000;
const iso = (ms: number): string => new Date(second(ms)).toISOString();

/** Gerrit, as far as its stream and its REST show it. What people do is a method; what it should never have seen is a violation. */
export class ModelGerrit {
  readonly changes: Change[] = [];
  readonly truth: Truth[] = [];
  readonly violations: string[] = [];
  /** Commits of `refs/meta/config`, the last one being the tip, with the definition at each; undefined: none. */
  readonly definitions: { readonly commit: string; readonly text: string | undefined }[] = [];
  reader: StreamReader | undefined;
  readonly eventsLog: ModelEventsLog;
  /** The next so many events are dropped from the stream, and Gerrit says so. */
  drops = 0;
  /** The next line is sent so many times more. */
  repeats = 0;
  /** The next line comes after the one behind it. */
  swaps = false;
  /** Longest time until a search knows of an update. */
  mostIndexLagMs = 2_000;
  /** What a reader lived to see: broken streams, dropped output, bytes that are no event. */
  breaks = 0;
  overflows = 0;
  babbles = 0;
  /** Times it was killed. */
  deaths = 0;
  private held: string | undefined;
  private revisions = 0;
  private ids = 0;
  private tips = 0;

  constructor(
    private readonly clock: VirtualClock,
    private readonly random: Random,
  ) {
    this.eventsLog = new ModelEventsLog(clock, random);
    this.define(GOOD_DEFINITION);
  }

  connect(reader: StreamReader): void {
    this.reader = reader;
  }

  /** The stream breaks, perhaps in the middle of a line. */
  disconnect(): void {
    const { reader } = this;
    this.reader = undefined;
    this.held = undefined;
    if (reader?.isThere() === true) {
      this.breaks += 1;
      reader.take(Buffer.from('{"type":"patchset-created","chan'));
      reader.closed();
    }
  }

  /** It is killed: what its index learned within the last moment was not on disk yet, or is never learned. */
  die(lostMs: number): void {
    this.deaths += 1;
    this.disconnect();
    for (const change of this.changes) {
      while (change.indexed !== undefined && change.indexed.at > this.clock.now - lostMs) {
        change.indexed = change.indexed.before;
      }
    }
  }

  /** An administrator has all changes indexed again. */
  reindex(): void {
    for (const change of this.changes) this.index(change);
  }

  /** Bytes on the stream that are no event. */
  babble(bytes: Buffer): void {
    if (this.reader !== undefined) {
      this.babbles += 1;
      this.reader.take(bytes);
    }
  }

  define(text: string | undefined): void {
    this.definitions.push({ commit: String(this.definitions.length + 1).padStart(40, 'd'), text });
  }

  /** A branch moves. Beside the stream only the events-log has it, so without that it may be lost. */
  moveRef(): void {
    const revision = (number: number) => String(number).padStart(40, '0');
    const moved = { oldRev: revision(this.tips), newRev: revision(this.tips + 1) };
    this.tips += 1;
    const event = { type: 'ref-updated', refUpdate: { project: PROJECT, refName: `refs/heads/${BRANCH}`, ...moved } };
    if (this.eventsLog.mode === 'there') {
      this.mustBeDecided(event);
    }
    this.tell(event);
  }

  push(): void {
    const change: Change = {
      number: this.changes.length + 1,
      status: 'NEW',
      patchSets: [],
      messages: [],
      comments: [],
      votes: new Map(),
      updatedAt: this.clock.now,
      submittedAt: undefined,
      closedAt: undefined,
      wasClosed: false,
      wasRestored: false,
      indexed: undefined,
    };
    this.changes.push(change);
    this.pushPatchSet(change);
  }

  pushPatchSet(change: Change): void {
    if (change.status !== 'NEW') {
      return;
    }
    const { now } = this.clock;
    const last = change.patchSets.at(-1);
    if (last !== undefined) {
      last.supersededAt = now;
    }
    this.revisions += 1;
    const revision = String(this.revisions).padStart(40, 'a');
    change.patchSets.push({ number: change.patchSets.length + 1, revision, at: now, supersededAt: undefined });
    this.say(change, 'Uploaded patch set.', 'autogenerated:gerrit:newPatchSet');
    this.happened(change, { type: 'patchset-created' });
  }

  comment(change: Change, words: string, inReplyBox: boolean): void {
    const number = change.patchSets.at(-1)?.number ?? 1;
    const said = `Patch Set ${number}:\n\n${words}`;
    const message = this.say(change, inReplyBox ? `Patch Set ${number}:\n\n(1 comment)` : said, undefined);
    if (inReplyBox) {
      // Gerrit finds the message of a comment by the second.
      const sameSecond = change.messages.find(
        ({ at, author }) => second(at) === second(message.at) && author === ALICE,
      );
      change.comments.push({
        message: words,
        author: ALICE,
        updated: iso(message.at),
        change_message_id: (sameSecond ?? message).id,
        patch_set: number,
      });
    }
    this.happened(change, { type: 'comment-added', author: ALICE, comment: said, messageId: message.id });
  }

  abandon(change: Change): void {
    if (change.status === 'NEW') {
      this.close(change, 'ABANDONED');
      const { id } = this.say(change, 'Abandoned', 'autogenerated:gerrit:abandon');
      this.happened(change, { type: 'change-abandoned', actor: ALICE, messageId: id });
    }
  }

  /** A topic that is another each time. */
  topic(change: Change): void {
    const { id } = this.say(change, 'Topic changed', 'autogenerated:gerrit:setTopic');
    this.happened(change, { type: 'topic-changed', actor: ALICE, messageId: id });
  }

  restore(change: Change): void {
    if (change.status === 'ABANDONED') {
      change.status = 'NEW';
      change.wasRestored = true;
      const { id } = this.say(change, 'Restored', 'autogenerated:gerrit:restore');
      this.happened(change, { type: 'change-restored', messageId: id });
    }
  }

  merge(change: Change): void {
    if (change.status === 'NEW') {
      this.close(change, 'MERGED');
      change.submittedAt = this.clock.now;
      this.say(change, 'Change has been successfully merged', 'autogenerated:gerrit:merged');
      this.happened(change, { type: 'change-merged' });
    }
  }

  findChange = async (_project: string, number: number): Promise<ChangeInfo | undefined> => {
    const change = this.changes.find((candidate) => candidate.number === number);
    return change && render(change);
  };

  patchSetComments = async (_project: string, number: number): Promise<CommentInfo[]> => [
    ...(this.changes.find((candidate) => candidate.number === number)?.comments ?? []),
  ];

  /** A page of a search for what was updated since, as the index has it at this moment. */
  searchPage(search: string, start: number): { readonly changes: ChangeInfo[]; readonly more: boolean } {
    const since = Date.parse(`${/after:"(.*) \+0000"/.exec(search)?.[1]?.replace(' ', 'T')}Z`);
    const found = this.changes
      .flatMap(({ indexed }) => indexed?.info ?? [])
      .filter(({ updated }) => Date.parse(updated) >= since)
      .sort((a, b) => Date.parse(b.updated) - Date.parse(a.updated) || b._number - a._number);
    return { changes: found.slice(start, start + PAGE), more: start + PAGE < found.length };
  }

  findTip = async (): Promise<RefTip> => ({ kind: 'found', revision: this.definitions.at(-1)?.commit ?? '' });

  findFile = async (_project: string, commit: string): Promise<FileContent> => {
    const text = this.definitions.find((definition) => definition.commit === commit)?.text;
    return text === undefined ? { kind: 'no-file' } : { kind: 'found', content: text };
  };

  postReview = async ({ change: number, revision, message, tag, labels }: Review): Promise<ReviewOutcome> => {
    const change = this.changes.find((candidate) => candidate.number === number);
    const patchSet = change?.patchSets.find((candidate) => candidate.revision === revision);
    if (change === undefined || patchSet === undefined) {
      return { kind: 'change-gone' };
    }
    const value = labels?.['Verified'];
    if (value !== undefined) {
      const late = this.clock.now - ROUND_TRIP_MS;
      if ((patchSet.supersededAt ?? late) < late) {
        this.violations.push(`I3: vote ${value} on patch set ${number},${patchSet.number}, superseded long before`);
      }
      if (change.status !== 'NEW' && (change.closedAt ?? late) < late) {
        this.violations.push(`I3: vote ${value} on change ${number}, ${change.status} long before`);
      }
      change.votes.set(revision, value);
    }
    const vote = value === undefined ? '' : ` Verified${value > 0 ? '+' : ''}${value}`;
    this.say(change, `Patch Set ${patchSet.number}:${vote}\n\n${message}`, tag, BOT, patchSet.number);
    this.send(change, {
      type: 'comment-added',
      author: BOT,
      comment: `Patch Set ${patchSet.number}:${vote}\n\n${message}`,
    });
    return { kind: 'posted' };
  };

  private close(change: Change, status: 'MERGED' | 'ABANDONED'): void {
    change.status = status;
    change.closedAt = this.clock.now;
    change.wasClosed = true;
  }

  private say(
    change: Change,
    text: string,
    tag: string | undefined,
    author = ALICE,
    patchSet = change.patchSets.at(-1)?.number ?? 1,
  ): Message {
    this.ids += 1;
    const message = { id: `m${this.ids}`, author, at: this.clock.now, patchSet, text, tag };
    change.messages.push(message);
    change.updatedAt = this.clock.now;
    const { deaths } = this;
    this.clock.start(
      () => {
        if (this.deaths === deaths) this.index(change);
      },
      this.random.between(0, this.mostIndexLagMs),
    );
    return message;
  }

  private index(change: Change): void {
    change.indexed = { at: this.clock.now, info: render(change), before: change.indexed };
  }

  /** Something that a decision must be made on, whatever the stream makes of it. */
  private happened(change: Change, what: Said & Pick<GerritEvent, 'messageId'>): void {
    this.mustBeDecided({ ...what, ...subjectOf(change) });
    const { messageId: _, ...said } = what;
    this.send(change, said);
  }

  private mustBeDecided(event: GerritEvent): void {
    const key = eventKey(SERVER, event);
    if (key === undefined) {
      throw new Error(`no key for ${event.type}`);
    }
    this.truth.push({ key, event, at: this.clock.now });
  }

  send(change: Change, { actor, ...what }: Said): void {
    const subject = subjectOf(change);
    this.tell({
      ...what,
      ...(what.type === 'topic-changed' ? {} : { patchSet: subject.patchSet }),
      ...(actor === undefined ? {} : { [what.type === 'topic-changed' ? 'changer' : 'abandoner']: actor }),
      change: { ...subject.change, lastUpdated: Math.floor(change.updatedAt / 1000) },
    });
  }

  /** Logs an event and says it on the stream, if anybody listens and nothing goes wrong. */
  private tell(event: object): void {
    const said = JSON.stringify({ ...event, eventCreatedOn: Math.floor(this.clock.now / 1000) });
    this.eventsLog.log(said);
    if (this.reader === undefined) {
      return;
    }
    if (this.drops > 0) {
      this.drops -= 1;
      if (this.drops === 0) {
        this.overflows += 1;
        this.write('{"type":"dropped-output"}\n');
      }
      return;
    }
    const line = `${said}\n`;
    if (this.swaps) {
      this.swaps = false;
      this.held = line;
      return;
    }
    const lines = line.repeat(1 + this.repeats) + (this.held ?? '');
    this.repeats = 0;
    this.held = undefined;
    this.write(lines);
  }

  /** Chunks of a network are not lines. */
  private write(text: string): void {
    const bytes = Buffer.from(text);
    const cut = this.random.between(0, bytes.length);
    this.reader?.take(bytes.subarray(0, cut));
    this.reader?.take(bytes.subarray(cut));
  }
}

function subjectOf(change: Change): Pick<GerritEvent, 'change' | 'patchSet'> {
  const { number, revision } = change.patchSets.at(-1) ?? { number: 0, revision: '' };
  return {
    change: { project: PROJECT, branch: BRANCH, number: change.number, id: `I${change.number}` },
    patchSet: { number, revision, ref: refOf(change, number) },
  };
}

const refOf = ({ number }: Change, patchSet: number): string =>
  `refs/changes/${String(number % 100).padStart(2, '0')}/${number}/${patchSet}`;

function render(change: Change): ChangeInfo {
  return {
    id: `${PROJECT}~${change.number}`,
    project: PROJECT,
    branch: BRANCH,
    change_id: `I${change.number}`,
    _number: change.number,
    subject: 'A change',
    status: change.status,
    created: iso(change.patchSets[0]?.at ?? 0),
    updated: iso(change.updatedAt),
    ...(change.submittedAt === undefined ? {} : { submitted: iso(change.submittedAt) }),
    owner: ALICE,
    ...(change.patchSets.length === 0 ? {} : { current_revision: change.patchSets.at(-1)?.revision }),
    revisions: Object.fromEntries(
      change.patchSets.map(({ revision, number, at }) => [
        revision,
        { _number: number, ref: refOf(change, number), created: iso(at) },
      ]),
    ),
    messages: change.messages.map(({ id, author, at, patchSet, text, tag }) => ({
      id,
      author,
      date: iso(at),
      message: text,
      _revision_number: patchSet,
      ...(tag === undefined ? {} : { tag }),
    })),
  };
}
