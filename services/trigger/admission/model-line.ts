import { PRECEDENCES, type Precedence } from '../../../core/pipeline';
import { type Amount, most, NOTHING, plus, type Resource, shortOf, sumOf } from './model-amount';
import { IndexedHeap } from './model-heap';
import { newTurns, type Turns, takeTurn, turnOf } from './model-turns';

/** A run that has its definition and waits for its turn. */
export interface WaitingRun {
  /** `namespace/name` of the Workflow it will be: one for one event in one pipeline, whoever asks how often. */
  readonly key: string;
  readonly namespace: string;
  readonly projectClass: string;
  readonly precedence: Precedence;
  /** The pipeline's, among runs of one project and precedence. */
  readonly priority: number;
  /** When its event was received; milliseconds since 1970. */
  readonly receivedAt: number;
  /** The most it takes at once. */
  readonly need: Amount;
}

/** A run that was let in, or somebody submitted by hand. */
export interface ActiveRun {
  readonly key: string;
  readonly namespace: string;
  readonly projectClass: string;
  /** Absent: not let in by us. What people submit themselves counts in their own namespace only. */
  readonly precedence: Precedence | undefined;
  readonly need: Amount;
}

/** What the API server said of a namespace's quota. */
export interface Look {
  /** What of it is limited. */
  readonly hard: Partial<Amount>;
  /** What its pods count at the moment. */
  readonly used: Amount;
  /** Pods that have not ended, by the Workflow they are of; absent when nobody asked. */
  readonly byWorkflow?: ReadonlyMap<string, Amount>;
  readonly at: number;
}

/** Which limit of its namespace holds a line's first run back. */
export type LocalHold =
  | { readonly limit: 'namespace-parallelism'; readonly used: number; readonly hard: number }
  | { readonly limit: 'namespace-quota'; readonly resource: Resource; readonly used: number; readonly hard: number }
  /** Nobody knows yet: the quota has to be looked at. */
  | { readonly limit: 'unknown'; readonly exact: boolean };

/** A point of priority is worth this much of waiting, so that no priority waits for ever. */
const POINT_MS = 6_000;

const rank = ({ receivedAt, priority }: WaitingRun): number => receivedAt - priority * POINT_MS;

/** Which of two runs of one project and precedence goes first; the same whoever asks, before and after a restart. */
export const compareRuns = (one: WaitingRun, other: WaitingRun): number =>
  rank(one) - rank(other) || one.receivedAt - other.receivedAt || (one.key < other.key ? -1 : 1);

/** The runs of one namespace, waiting and active. */
export class Line {
  readonly turns: Turns = newTurns();
  private readonly lanes: Readonly<Record<Precedence, IndexedHeap<WaitingRun>>> = {
    deploy: new IndexedHeap(compareRuns),
    gate: new IndexedHeap(compareRuns),
    check: new IndexedHeap(compareRuns),
    periodic: new IndexedHeap(compareRuns),
  };
  private readonly active = new Map<string, ActiveRun>();
  private reserved: Amount = NOTHING;
  /** Runs of ours by precedence. */
  readonly running: Record<Precedence, number> = noneOfEach();
  look: Look | undefined;
  /** By precedence, how many runs had been let in anywhere when this line last had a turn, or began to wait. */
  readonly lastTurn: Record<Precedence, number> = noneOfEach();

  /** Class of its project, as the last run to ask said. */
  projectClass = '';

  constructor(readonly namespace: string) {}

  get waiting(): number {
    return PRECEDENCES.reduce((sum, precedence) => sum + this.lanes[precedence].size, 0);
  }

  waitingOf(precedence: Precedence): number {
    return this.lanes[precedence].size;
  }

  get isActive(): boolean {
    return this.active.size > 0;
  }

  get isEmpty(): boolean {
    return this.active.size === 0 && this.waiting === 0;
  }

  add(run: WaitingRun): void {
    this.lanes[run.precedence].set(run.key, run);
  }

  remove(run: WaitingRun): void {
    this.lanes[run.precedence].delete(run.key);
  }

  begin(run: ActiveRun): void {
    this.end(run.key);
    this.active.set(run.key, run);
    this.countOurs(run, 1);
    this.reserved = plus(this.reserved, run.need);
  }

  end(key: string): void {
    const run = this.active.get(key);
    if (run !== undefined && this.active.delete(key)) {
      this.countOurs(run, -1);
      // Summed anew: differences of floating point would pile up.
      this.reserved = sumOf([...this.active.values()].map(({ need }) => need));
    }
  }

  /** The run whose turn it is here. */
  first(): WaitingRun | undefined {
    const precedence = turnOf(this.turns, this.could);
    return precedence === undefined ? undefined : this.lanes[precedence].peek();
  }

  /** The first run of a precedence. */
  firstOf(precedence: Precedence): WaitingRun | undefined {
    return this.lanes[precedence].peek();
  }

  /** Takes the first run of a precedence out, as one that goes. */
  take(precedence: Precedence): WaitingRun | undefined {
    const run = this.firstOf(precedence);
    if (run !== undefined) {
      takeTurn(this.turns, precedence, this.could);
      this.remove(run);
    }
    return run;
  }

  /** What of this namespace holds a run back, when room is kept for another one. */
  holdOf(run: WaitingRun, parallelism: number, kept?: WaitingRun): LocalHold | undefined {
    if (this.active.size + (kept === undefined ? 0 : 1) >= parallelism) {
      return { limit: 'namespace-parallelism', used: this.active.size, hard: parallelism };
    }
    const { look } = this;
    if (look === undefined) {
      return { limit: 'unknown', exact: false };
    }
    const committed = plus(this.committed(look), kept?.need ?? NOTHING);
    // The second: what has just ended is still counted for a moment, and a pod would be refused.
    const resource = shortOf(plus(committed, run.need), look.hard) ?? shortOf(plus(look.used, run.need), look.hard);
    if (resource === undefined) {
      return undefined;
    }
    if (look.byWorkflow === undefined) {
      return { limit: 'unknown', exact: true };
    }
    const used = Math.max(committed[resource], look.used[resource]);
    return { limit: 'namespace-quota', resource, used, hard: look.hard[resource] ?? 0 };
  }

  /** Waiting runs of a precedence in their order. */
  inOrderOf(precedence: Precedence): WaitingRun[] {
    return this.lanes[precedence].sorted();
  }

  /** All waiting runs in the order in which they would go if nobody else came. */
  inOrder(): WaitingRun[] {
    const left = Object.fromEntries(PRECEDENCES.map((one) => [one, this.inOrderOf(one).reverse()]));
    const turns = { ...this.turns };
    const could = (precedence: Precedence): boolean => (left[precedence]?.length ?? 0) > 0;
    const ordered: WaitingRun[] = [];
    for (let next = turnOf(turns, could); next !== undefined; next = turnOf(turns, could)) {
      takeTurn(turns, next, could);
      ordered.push(...(left[next]?.splice(-1) ?? []));
    }
    return ordered;
  }

  private countOurs({ precedence }: ActiveRun, by: 1 | -1): void {
    if (precedence !== undefined) {
      this.running[precedence] += by;
    }
  }

  private readonly could = (precedence: Precedence): boolean => this.lanes[precedence].size > 0;

  /**
   * What is taken or promised: each run with the most it may need, and pods that are of none of them. As long as nobody
   * asked whose they are, all pods count as such.
   */
  private committed({ used, byWorkflow }: Look): Amount {
    if (byWorkflow === undefined) {
      return plus(this.reserved, used);
    }
    let sum = NOTHING;
    for (const { key, need } of this.active.values()) {
      sum = plus(sum, most(need, byWorkflow.get(nameOf(key)) ?? NOTHING));
    }
    for (const [workflow, amount] of byWorkflow) {
      sum = this.active.has(`${this.namespace}/${workflow}`) ? sum : plus(sum, amount);
    }
    return sum;
  }
}

const noneOfEach = (): Record<Precedence, number> => ({ deploy: 0, gate: 0, check: 0, periodic: 0 });

const nameOf = (key: string): string => key.slice(key.indexOf('/') + 1);
