import { type DecisionRecord, isTerminal } from '../../../core/decision';
import { changeOfKey } from '../../../core/event-key';
import { Annotation, Label } from '../../../core/labels';
import { rejectionPath, runPath } from '../../../core/permalink';
import { compileCoarseFilter } from '../../../services/gateway/decide-coarse-filter';
import { planLogReading } from '../../../services/gateway/events-log/plan-log-slices';
import { decodeFrames } from '../../../services/gateway/ledger/decode-frame';
import type { Cursor, LedgerRecord } from '../../../services/gateway/ledger/model-record';
import { lateFrom, sweepFrom } from '../../../services/gateway/plan-sweep';
import { gatewayConfig } from './fixtures';
import type { MemoryDisk } from './memory-segments';
import { ACCOUNT, type Change, type Truth } from './model-gerrit';
import { reportedAs, type Stored, wasStopped } from './model-kube';
import type { World } from './world';

/** Kubernetes says in whole seconds when a Workflow was made. */
const SECOND_MS = 1_000;
const VOTES: ReadonlyMap<string, number> = new Map([
  ['Succeeded', 1],
  ['Failed', -1],
]);

type EventRecord = Extract<LedgerRecord, { kind: 'event' }>;

/** What lies on the disk, in the order in which it was written. */
export function readDisk({ segments }: MemoryDisk): LedgerRecord[] {
  return [...segments.entries()]
    .sort(([a], [b]) => a - b)
    .flatMap(([, { written }]) =>
      [...decodeFrames(written)].flatMap(({ record }) => (record === 'damaged' ? [] : record)),
    );
}

/** I8: the cursors only grow, and whatever they have passed is on disk. Holds at any moment, so it is looked at in between too. */
export function cursorViolations({ disk, gerrit }: World): string[] {
  const records = readDisk(disk);
  const cursors = records.flatMap((record) =>
    record.kind === 'cursor' || record.kind === 'header' ? (record.cursor ?? []) : [],
  );
  const last = cursors.at(-1);
  const onDisk = new Set(records.flatMap((record) => (record.kind === 'event' ? record.key : [])));
  const missing = gerrit.truth.filter(
    (truth) => last !== undefined && hasPassed(last, truth, gerrit.deaths > 0) && !onDisk.has(truth.key),
  );
  return [
    ...backSteps('REST', cursors, ({ until }) => until),
    ...backSteps('the events-log', cursors, ({ log }) => log?.until ?? 0),
    ...missing.map(({ key }) => `I8: a cursor passed ${key}, which is not on disk`),
  ];
}

function backSteps(source: string, cursors: readonly Cursor[], placeOf: (cursor: Cursor) => number): string[] {
  const places = cursors.map(placeOf);
  return places.flatMap((place, at) => {
    const before = places[at - 1] ?? place;
    return place < before ? [`I8: cursor of ${source} went back from ${before} to ${place}`] : [];
  });
}

/** Whether no later reading will look for an event; where the index lost something, not even the one that looks back a day. */
function hasPassed(cursor: Cursor, { at, event }: Truth, isIndexHurt: boolean): boolean {
  const second = Math.floor(at / 1000) * 1000;
  // REST reads no refs here; what the events-log has may wait on disk for its message.
  const byRest = event.refUpdate === undefined && second <= (isIndexHurt ? lateFrom(cursor) : sweepFrom(cursor));
  const log = event.messageId === undefined ? cursor.log : undefined;
  return byRest || (log !== undefined && second < planLogReading(log, 0).fillFrom);
}

/** Everything that must be so once all has come to rest. */
export function violationsAtRest(world: World): string[] {
  const records = readDisk(world.disk);
  const events = records.filter((record): record is EventRecord => record.kind === 'event');
  const decisions = records.filter((record) => record.kind === 'decision');
  return [
    ...world.gerrit.violations,
    ...cursorViolations(world),
    ...lossViolations(world, events, decisions),
    ...doubleViolations(world),
    ...visibleViolations(world, decisions),
    ...stopViolations(world, decisions),
  ];
}

const filter = compileCoarseFilter({ pipelines: gatewayConfig.pipelines, account: ACCOUNT });

/** I1: every event has exactly one record, that of what happened, and each of its pairs exactly one terminal decision. */
function lossViolations(
  { gerrit }: World,
  events: readonly EventRecord[],
  decisions: readonly DecisionRecord[],
): string[] {
  return gerrit.truth.flatMap((truth) => {
    const { key } = truth;
    const recorded = events.filter((event) => event.key === key);
    const [event] = recorded;
    if (event === undefined || recorded.length > 1) {
      return [`I1: ${key} is recorded ${recorded.length} times`];
    }
    const verdicts = filter(truth.event);
    if (
      !isAmbiguous(truth, gerrit.truth) &&
      Object.keys(verdicts).some((pipeline) => verdicts[pipeline] !== event.verdicts[pipeline])
    ) {
      return [`I1: ${key} is recorded as something else, with ${JSON.stringify(event.verdicts)}`];
    }
    return Object.entries(event.verdicts).flatMap(([pipeline, verdict]) => {
      const terminal = decisions.filter(
        (decision) => decision.key === key && decision.pipeline === pipeline && isTerminal(decision.decision),
      );
      const wanted = verdict === 'pass' ? 1 : 0;
      return terminal.length === wanted ? [] : [`I1: ${key} in ${pipeline} has ${terminal.length} terminal decisions`];
    });
  });
}

/**
 * Whether Gerrit itself cannot say by REST which words belong to which message: it knows comments of the reply box by the
 * second only.
 */
function isAmbiguous({ event, at }: Truth, all: readonly Truth[]): boolean {
  return all.some(
    (other) =>
      event.type === 'comment-added' &&
      other.event.type === 'comment-added' &&
      other.event.change?.number === event.change?.number &&
      Math.floor(other.at / 1000) === Math.floor(at / 1000) &&
      other.event.comment !== event.comment,
  );
}

/** I2: at most one Workflow for an event and pipeline, at most one message for a run. */
function doubleViolations({ gerrit, kube }: World): string[] {
  const made = new Map<string, number>();
  for (const { metadata } of kube.ever.values()) {
    const pair = `${metadata.annotations[Annotation.eventKey]} in ${metadata.labels[Label.pipeline]}`;
    made.set(pair, (made.get(pair) ?? 0) + 1);
  }
  const doubled = [...made].filter(([, times]) => times > 1);
  const said = new Map<string, number>();
  for (const change of gerrit.changes) {
    for (const marker of markersOf(change)) {
      const which = `${marker} on change ${change.number}`;
      said.set(which, (said.get(which) ?? 0) + 1);
    }
  }
  return [
    ...doubled.map(([pair, times]) => `I2: ${times} Workflows for ${pair}`),
    ...[...said].filter(([, times]) => times > 1).map(([marker, times]) => `I2: ${times} messages ${marker}`),
  ];
}

/** I11: what Gerrit shows is what it would show had nothing ever crashed. */
function visibleViolations(world: World, decisions: readonly DecisionRecord[]): string[] {
  const { gerrit, kube } = world;
  const runs = [...kube.ever.values()];
  const spawned = new Set(decisions.map(({ decision }) => decision.kind === 'spawned' && decision.workflow.uid));
  const strays = runs.filter(({ metadata }) => !spawned.has(metadata.uid));
  return [
    ...decisions.flatMap((decision) => decisionViolations(world, decision)),
    ...strays.map(({ metadata }) => `I11: ${metadata.name} runs and no decision says so`),
    ...gerrit.changes.flatMap((change) => voteViolations(change, runs)),
  ];
}

/** What ends the runs of a change has ended them once it is decided: nothing that began before runs on. */
function stopViolations({ kube }: World, decisions: readonly DecisionRecord[]): string[] {
  const ends = decisions.filter(({ decision }) => decision.kind === 'filtered' && decision.reason === 'stops-runs');
  return ends.flatMap(({ key, pipeline, at }) => {
    const runs = [...kube.ever.values()].filter(
      ({ metadata: { labels, creationTimestamp } }) =>
        labels[Label.pipeline] === pipeline &&
        labels[Label.change] === String(changeOfKey(key)) &&
        Date.parse(creationTimestamp) + SECOND_MS <= Date.parse(at),
    );
    const left = runs.filter((run) => !wasStopped(run) && finishedAt(run) > Date.parse(at) + SECOND_MS);
    return left.map(({ metadata }) => `I11: ${metadata.name} runs on after ${key} ended it`);
  });
}

const finishedAt = ({ status }: Stored): number => Date.parse(String(status['finishedAt'] ?? ''));

/** A decision is one that could have been made without a crash, and what follows from it is there. */
function decisionViolations({ gerrit, kube }: World, { decision, key, pipeline }: DecisionRecord): string[] {
  const event = gerrit.truth.find((truth) => truth.key === key)?.event;
  const change = gerrit.changes.find(({ number }) => number === event?.change?.number);
  if (event === undefined || change === undefined) {
    return [`I11: a decision about ${key}, which never happened`];
  }
  switch (decision.kind) {
    case 'queued':
      return [];
    case 'dead-lettered':
      return [`I11: ${key} was given up: ${decision.reason}`];
    case 'filtered': {
      const reason = implausible(decision.reason, event.patchSet?.revision ?? '', change, gerrit.definitions);
      return reason === undefined ? [] : [`I11: ${key} in ${pipeline} is filtered as ${reason}`];
    }
    case 'rejected':
      return markersOf(change).includes(rejectionPath(pipeline, decision.definitionCommit))
        ? []
        : [`I11: nobody was told that the definition of ${key} is refused`];
    case 'reviewed':
      return [`I11: ${key} is reviewed in ${pipeline}, and no pipeline of the model reviews`];
    case 'spawned': {
      const run = kube.ever.get(decision.workflow.uid);
      return run === undefined ? [`I11: no run of ${key}`] : runViolations(run, pipeline, change);
    }
  }
}

/** A run that has ended was reported, and its report stands unless the run had lost its point. */
function runViolations(run: Stored, pipeline: string, change: Change): string[] {
  const { namespace = '', name, annotations } = run.metadata;
  const how = reportedAs(run);
  const said = markersOf(change).includes(runPath({ pipeline, namespace, workflow: name }));
  const revision = annotations[Annotation.revision] ?? '';
  const hadPoint = change.patchSets.at(-1)?.revision === revision && !change.wasClosed && !wasStopped(run);
  if (how === undefined) {
    return [`I11: ${name} ended and was never reported`];
  }
  if (hadPoint && !said) {
    return [`I11: ${name} was closed as ${how}, and its change does not show it`];
  }
  return said && how === 'superseded' ? [`I11: ${name} is closed as superseded and shown`] : [];
}

/** The vote that a change shows on its current patch set is that of a run of it. */
function voteViolations(change: Change, runs: readonly Stored[]): string[] {
  const revision = change.patchSets.at(-1)?.revision ?? '';
  const vote = change.votes.get(revision);
  const ofRevision = runs.filter(
    ({ metadata }) =>
      metadata.annotations[Annotation.revision] === revision && metadata.labels[Label.pipeline] === 'check',
  );
  const votes = ofRevision.flatMap(({ status }) => VOTES.get(status.phase) ?? []);
  return vote === undefined || votes.includes(vote) ? [] : [`I11: change ${change.number} shows a vote of no run`];
}

/** The reason of a filtered decision, if it never was one. */
function implausible(
  reason: string,
  revision: string,
  change: Change,
  definitions: World['gerrit']['definitions'],
): string | undefined {
  const isPossible: Readonly<Record<string, boolean>> = {
    'not-the-current-patch-set': change.patchSets.some(
      (patchSet) => patchSet.revision === revision && patchSet.supersededAt !== undefined,
    ),
    'change-closed': change.wasClosed,
    'change-open': change.wasRestored,
    'stops-runs': change.wasClosed || wasTakenOut(change),
    dequeued: wasTakenOut(change),
    'no-definition': definitions.some(({ text }) => text === undefined),
    'already-waiting': true,
  };
  return isPossible[reason] === true ? undefined : reason;
}

/** Whether somebody asked for its runs to be stopped. */
const wasTakenOut = ({ messages, comments }: Change): boolean =>
  [...messages.map(({ text }) => text), ...comments.map(({ message = '' }) => message)].some((text) =>
    text.endsWith('cancel'),
  );

/** What our messages on a change are about: paths of the status pages. */
function markersOf(change: Change): string[] {
  return change.messages
    .filter(({ author }) => author.username === ACCOUNT)
    .flatMap(({ text }) => /http:\/\/ci\.test(\S+)/.exec(text)?.[1] ?? []);
}
