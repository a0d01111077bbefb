import type { Precedence } from '../../../core/pipeline';
import { type AdmissionRules, type AdmissionState, type Hold, holdOf } from './model-admission';
import { IndexedHeap } from './model-heap';
import type { Line, WaitingRun } from './model-line';
import { takeTurn, turnOf } from './model-turns';

/** Where a run stands in the line of those that wait for the same. */
export interface Place {
  readonly hold: Hold;
  /** From 1. */
  readonly place: number;
  readonly of: number;
  /** Runs ahead of it by precedence, without zeros. */
  readonly ahead: Readonly<Partial<Record<Precedence, number>>>;
}

/**
 * Places of the wanted runs, if nobody else came and all took equally long. Goes through every line that waits: for
 * people, now and then, not for every step.
 */
export function planPlaces(
  state: AdmissionState,
  rules: AdmissionRules,
  wanted: ReadonlySet<string>,
): ReadonlyMap<string, Place> {
  const { lines, holds } = gather(state, rules);
  const places = new Map<string, Place>();
  for (const [scope, together] of lines) {
    const ordered = scope.startsWith(OWN) ? together.flatMap((line) => line.inOrder()) : inTurns(state, together);
    const ahead: Partial<Record<Precedence, number>> = {};
    for (const [index, { key, namespace, precedence }] of ordered.entries()) {
      const hold = holds.get(namespace);
      if (wanted.has(key) && hold !== undefined) {
        places.set(key, { hold, place: index + 1, of: ordered.length, ahead: { ...ahead } });
      }
      ahead[precedence] = (ahead[precedence] ?? 0) + 1;
    }
  }
  return places;
}

/** Lines that wait for the same, and what holds each back. */
function gather(state: AdmissionState, rules: AdmissionRules) {
  const lines = new Map<string, Line[]>();
  const holds = new Map<string, Hold>();
  for (const line of state.lines.values()) {
    const first = line.first();
    const hold = first === undefined ? undefined : holdOf(state, first.key, rules);
    if (hold !== undefined) {
      const scope = scopeOf(hold, line);
      holds.set(line.namespace, hold);
      const together = lines.get(scope) ?? [];
      together.push(line);
      lines.set(scope, together);
    }
  }
  return { lines, holds };
}

/** Scope of a line that waits for something of its own namespace. */
const OWN = 'namespace ';

/** What a line waits for, and so with whom. */
function scopeOf({ limit }: Hold, { namespace, projectClass }: Line): string {
  switch (limit) {
    case 'class-parallelism':
      return `class ${projectClass}`;
    case 'cluster-parallelism':
    case 'starting':
      return 'cluster';
    default:
      return OWN + namespace;
  }
}

interface Seat {
  readonly namespace: string;
  /** Its runs of one precedence, the first at the end. */
  readonly left: WaitingRun[];
  running: number;
  lastTurn: number;
}

const compareSeats = (one: Seat, other: Seat): number =>
  one.running - other.running || one.lastTurn - other.lastTurn || (one.namespace < other.namespace ? -1 : 1);

/** The runs of several lines in the order in which they would be let in. */
function inTurns(state: AdmissionState, lines: readonly Line[]): WaitingRun[] {
  const seats = {
    deploy: seatsOf(lines, 'deploy'),
    gate: seatsOf(lines, 'gate'),
    check: seatsOf(lines, 'check'),
    periodic: seatsOf(lines, 'periodic'),
  };
  const turns = { ...state.turns };
  const could = (precedence: Precedence): boolean => seats[precedence].size > 0;
  const ordered: WaitingRun[] = [];
  let turn = state.admissions;
  for (let next = turnOf(turns, could); next !== undefined; next = turnOf(turns, could)) {
    takeTurn(turns, next, could);
    const seat = seats[next].peek();
    const run = seat?.left.pop();
    if (seat !== undefined && run !== undefined) {
      ordered.push(run);
      seats[next].delete(seat.namespace);
      turn += 1;
      seat.lastTurn = turn;
      seat.running += 1;
      if (seat.left.length > 0) {
        seats[next].set(seat.namespace, seat);
      }
    }
  }
  return ordered;
}

function seatsOf(lines: readonly Line[], precedence: Precedence): IndexedHeap<Seat> {
  const seats = new IndexedHeap(compareSeats);
  for (const line of lines) {
    const left = line.inOrderOf(precedence).reverse();
    if (left.length > 0) {
      const { namespace, running, lastTurn } = line;
      seats.set(namespace, { namespace, left, running: running[precedence], lastTurn: lastTurn[precedence] });
    }
  }
  return seats;
}
