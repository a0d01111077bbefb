import type { DriftNote } from './plan-conditions';

/** Whoever changes an object back so often within this time is at odds with us. */
const WINDOW_MS = 10 * 60_000;
const AT_ODDS = 3;
const HOLD_MS = { first: 30_000, most: 5 * 60_000 };

interface Repairs {
  /** When the object was put back, milliseconds, oldest first. */
  readonly times: readonly number[];
  readonly heldUntil: number;
}

interface History {
  readonly objects: Map<number, Repairs>;
  note: DriftNote;
}

/** What was put back lately, of the few projects where something was. */
export class RepairHistory {
  private readonly histories = new Map<string, History>();

  constructor(private readonly now: () => number) {}

  /** Object `index` of project `id` was put back. Resolves to how often within ten minutes. */
  record(id: string, index: number, message: string): number {
    const now = this.now();
    const note = { message, at: now };
    const history = this.histories.get(id) ?? { objects: new Map<number, Repairs>(), note };
    history.note = note;
    this.histories.set(id, history);
    const times = [...this.recent(history.objects.get(index), now), now];
    const over = times.length - AT_ODDS;
    const heldUntil = over < 0 ? 0 : now + Math.min(HOLD_MS.first * 2 ** over, HOLD_MS.most);
    history.objects.set(index, { times, heldUntil });
    return times.length;
  }

  /** Something was taken away, which is told and not counted. */
  note(id: string, message: string): void {
    const note = { message, at: this.now() };
    const history = this.histories.get(id);
    if (history === undefined) this.histories.set(id, { objects: new Map(), note });
    else history.note = note;
  }

  /** The last thing that was put back. */
  noteOf(id: string): DriftNote | undefined {
    return this.histories.get(id)?.note;
  }

  /** Whether somebody is at odds with us about this project now, in words. */
  conflictOf(id: string): string | undefined {
    const now = this.now();
    const history = this.histories.get(id);
    const most = Math.max(
      0,
      ...[...(history?.objects.values() ?? [])].map((repairs) => this.recent(repairs, now).length),
    );
    return history === undefined || most < AT_ODDS
      ? undefined
      : `changed and put back ${most} times in ${WINDOW_MS / 60_000} minutes, and now put back less often; the last: ${history.note.message}`;
  }

  /** Bits of the objects that are left alone for a while. */
  heldOf(id: string): bigint {
    const now = this.now();
    let held = 0n;
    for (const [index, { heldUntil }] of this.histories.get(id)?.objects ?? []) {
      if (heldUntil > now) held |= 1n << BigInt(index);
    }
    return held;
  }

  /** Milliseconds until the next of them is looked at again; undefined: none is held. */
  releaseAfter(id: string): number | undefined {
    const now = this.now();
    const until = [...(this.histories.get(id)?.objects.values() ?? [])]
      .map(({ heldUntil }) => heldUntil)
      .filter((time) => time > now);
    return until.length === 0 ? undefined : Math.min(...until) - now + 1;
  }

  /** Ids with a history; those of which nothing is recent are dropped by asking. */
  *ids(): IterableIterator<string> {
    const now = this.now();
    for (const [id, { objects, note }] of this.histories) {
      const recent = [...objects.values()].some((repairs) => this.recent(repairs, now).length > 0);
      if (!recent && now - note.at > 6 * WINDOW_MS) this.histories.delete(id);
      yield id;
    }
  }

  private recent(repairs: Repairs | undefined, now: number): number[] {
    return (repairs?.times ?? []).filter((time) => now - time < WINDOW_MS);
  }
}
