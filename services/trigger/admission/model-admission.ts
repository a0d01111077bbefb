import { PRECEDENCES, type Precedence } from '../../../core/pipeline';
import { IndexedHeap } from './model-heap';
import type { ActiveRun, Line, LocalHold, Look, WaitingRun } from './model-line';
import { newTurns, type Turns } from './model-turns';

/** How many run at once. */
export interface AdmissionRules {
  readonly parallelism: number;
  readonly namespaceParallelism: number;
  /** By class; a class that is not there has no limit of its own. */
  readonly classParallelism: Readonly<Record<string, number>>;
  /** A look at a quota is believed for so long. Milliseconds. */
  readonly lookFreshMs: number;
  /** So long the others wait for a look that the first one needs; then they go first. Milliseconds. */
  readonly lookWaitMs: number;
  /** A quota that holds a line back is looked at again after so long. Milliseconds. */
  readonly lookAgainMs: number;
  /** A run that was let in and is nowhere to be seen after so long gives its place back. Milliseconds. */
  readonly unseenMs: number;
}

export type AdmissionInput =
  /** A run wants to begin. Asked again, it keeps its place. */
  | { readonly kind: 'asked'; readonly run: WaitingRun; readonly look?: Look }
  /** A run wants nothing any more, or could not be made. */
  | { readonly kind: 'left'; readonly key: string }
  /** Its Workflow is there, by whoever made it. */
  | { readonly kind: 'seen'; readonly run: ActiveRun }
  /** Its Workflow has completed or is gone. */
  | { readonly kind: 'gone'; readonly key: string }
  | { readonly kind: 'looked'; readonly namespace: string; readonly look: Look }
  /** What runs is known: from now on runs are let in. */
  | { readonly kind: 'synced' }
  | { readonly kind: 'tick' };

export type AdmissionCommand =
  | { readonly kind: 'admit'; readonly key: string }
  | { readonly kind: 'look'; readonly namespace: string; readonly exact: boolean };

/** What holds a waiting run back. */
export type Hold =
  | LocalHold
  | { readonly limit: 'class-parallelism' | 'cluster-parallelism'; readonly used: number; readonly hard: number }
  /** What runs is not known yet. */
  | { readonly limit: 'starting' };

export interface Active {
  readonly run: ActiveRun;
  /** When it was let in, until its Workflow is seen. */
  unseenSince: number | undefined;
}

/** Lines that could go, by class of their projects. */
type Ready = Map<string, IndexedHeap<Line>>;

/** Within a precedence and class: fewest runs of it running first, then who waits longest for a turn of it. */
const comparing =
  (precedence: Precedence) =>
  (one: Line, other: Line): number =>
    one.running[precedence] - other.running[precedence] ||
    one.lastTurn[precedence] - other.lastTurn[precedence] ||
    (one.namespace < other.namespace ? -1 : 1);

const COMPARE: Readonly<Record<Precedence, (one: Line, other: Line) => number>> = {
  deploy: comparing('deploy'),
  gate: comparing('gate'),
  check: comparing('check'),
  periodic: comparing('periodic'),
};

/** All runs that wait or run. Changed in place by `stepAdmission`, and by nothing else. */
export class AdmissionState {
  readonly lines = new Map<string, Line>();
  readonly waiting = new Map<string, WaitingRun>();
  readonly active = new Map<string, Active>();
  readonly unseen = new Set<string>();
  readonly turns: Turns = newTurns();
  readonly ready: Readonly<Record<Precedence, Ready>> = {
    deploy: new Map(),
    gate: new Map(),
    check: new Map(),
    periodic: new Map(),
  };
  /** Class under which each line stands in `ready`. */
  readonly places = new Map<string, string>();
  /** A look that everybody waits for, since it is that line's turn. */
  awaited: { readonly namespace: string; readonly since: number } | undefined;
  /** Namespaces whose quota holds their line back. */
  readonly short = new Set<string>();
  readonly runningOfClass = new Map<string, number>();
  running = 0;
  admissions = 0;
  synced = false;
}

/** What holds a run back; undefined when nothing does, or it does not wait. */
export function holdOf(state: AdmissionState, key: string, rules: AdmissionRules): Hold | undefined {
  const run = state.waiting.get(key);
  const line = run === undefined ? undefined : state.lines.get(run.namespace);
  const first = line?.first();
  if (line === undefined || first === undefined) {
    return undefined;
  }
  if (!state.synced) {
    return { limit: 'starting' };
  }
  const local = line.holdOf(first, rules.namespaceParallelism);
  if (local !== undefined) {
    return local;
  }
  const hard = rules.classParallelism[line.projectClass];
  const used = state.runningOfClass.get(line.projectClass) ?? 0;
  if (hard !== undefined && used >= hard) {
    return { limit: 'class-parallelism', used, hard };
  }
  return state.running >= rules.parallelism
    ? { limit: 'cluster-parallelism', used: state.running, hard: rules.parallelism }
    : { limit: 'unknown', exact: false };
}

/**
 * Puts a line where it belongs now. When the run whose turn it is here finds room, it may go, and so may the first of each
 * other precedence if room for that one is left; otherwise none, until something of the line changes.
 */
export function place(state: AdmissionState, line: Line, rules: AdmissionRules, commands: AdmissionCommand[]): void {
  const { namespace, projectClass } = line;
  displace(state, namespace);
  const first = line.first();
  if (first === undefined) {
    if (line.isEmpty) {
      state.lines.delete(namespace);
    }
    return;
  }
  const hold = line.holdOf(first, rules.namespaceParallelism);
  if (hold?.limit === 'namespace-quota') {
    state.short.add(namespace);
  }
  if (hold?.limit === 'unknown') {
    commands.push({ kind: 'look', namespace, exact: hold.exact });
  }
  if (hold !== undefined) {
    return;
  }
  state.places.set(namespace, projectClass);
  for (const precedence of PRECEDENCES) {
    const run = line.firstOf(precedence);
    if (run === first || (run !== undefined && isFree(line.holdOf(run, rules.namespaceParallelism, first)))) {
      const ready = state.ready[precedence].get(projectClass) ?? new IndexedHeap(COMPARE[precedence]);
      state.ready[precedence].set(projectClass, ready);
      ready.set(namespace, line);
    }
  }
}

const isFree = (hold: LocalHold | undefined): boolean => hold === undefined;

/** Takes a line out of the heaps: before what they are ordered by changes, or because it cannot go. */
export function displace(state: AdmissionState, namespace: string): void {
  state.short.delete(namespace);
  const projectClass = state.places.get(namespace);
  if (projectClass !== undefined) {
    state.places.delete(namespace);
    for (const precedence of PRECEDENCES) {
      state.ready[precedence].get(projectClass)?.delete(namespace);
    }
  }
}

/** The line that goes first in a precedence, of those whose class has room. */
export function bestOf(state: AdmissionState, precedence: Precedence, rules: AdmissionRules): Line | undefined {
  let best: Line | undefined;
  for (const [projectClass, lines] of state.ready[precedence]) {
    const hard = rules.classParallelism[projectClass] ?? Number.POSITIVE_INFINITY;
    const line = (state.runningOfClass.get(projectClass) ?? 0) < hard ? lines.peek() : undefined;
    if (line !== undefined && (best === undefined || COMPARE[precedence](line, best) < 0)) {
      best = line;
    }
  }
  return best;
}
