import { isAtLeast, type LedgerPosition } from '../ledger/model-position';

/** When a standby is trusted, and when no more. Milliseconds. */
export interface ReplicationRules {
  /** A standby that was not heard of for so long is gone. It asks at least once a second. */
  readonly silentMs: number;
  /** Longest that an answer waits for a standby that does ask, and does not follow. */
  readonly slowMs: number;
  /** So long one that was too slow is not waited for again. */
  readonly pauseMs: number;
}

export const REPLICATION_RULES: ReplicationRules = { silentMs: 4_000, slowMs: 4_000, pauseMs: 30_000 };

/**
 * How far a standby is with us: `behind` nobody waits for; for `closing` all answers wait, until it has what was
 * answered before; `joining` it has, and the lease is being told so; `in-step` the lease says that it may lead;
 * `leaving` the lease is being told that it may not. Answers wait in all but the first.
 */
export type Stage = 'behind' | 'closing' | 'joining' | 'in-step' | 'leaving';

interface Standby {
  stage: Stage;
  /** What it has on disk. */
  held: LedgerPosition;
  askedAt: number;
  /** What it must hold before it may join, since when. */
  barrier: LedgerPosition;
  /** Not waited for before this. */
  notBefore: number;
}

/** What a leader knows of its standbys, by replica id. The caller's, changed in place. */
export type ReplicationState = Map<string, Standby>;

/** The answer that waits longest: for what to be held, and since when. */
export interface OldestWait {
  readonly target: LedgerPosition;
  readonly since: number;
}

/** So near that it will be there in a moment. Bytes. */
const NEAR = 1024 * 1024;
/** One that is not heard of is forgotten after this many times the time in which it is gone. */
const FORGET_AFTER = 15;

/** A standby asks for what comes after `held`, which it has on disk. */
export function stepAsked(
  state: ReplicationState,
  id: string,
  held: LedgerPosition,
  end: LedgerPosition,
  now: number,
): void {
  const standby = state.get(id) ?? { stage: 'behind', held, askedAt: now, barrier: end, notBefore: now };
  state.set(id, standby);
  if (!isAtLeast(held, standby.held) && isWaitedFor(standby)) {
    // Its disk has lost what it had confirmed.
    giveUp(standby);
  }
  standby.held = held;
  standby.askedAt = now;
  if (standby.stage === 'behind' && now >= standby.notBefore && isNear(held, end)) {
    standby.stage = 'closing';
    standby.barrier = end;
  }
  if (standby.stage === 'closing' && isAtLeast(held, standby.barrier)) {
    standby.stage = 'joining';
  }
}

/** Time has passed: who is silent or too slow is waited for no longer than the lease takes to be told. */
export function stepTick(
  state: ReplicationState,
  now: number,
  oldest: OldestWait | undefined,
  rules: ReplicationRules = REPLICATION_RULES,
): void {
  for (const [id, standby] of state) {
    const silentMs = now - standby.askedAt;
    const isSlow = oldest !== undefined && now - oldest.since > rules.slowMs && !isAtLeast(standby.held, oldest.target);
    if (standby.stage === 'behind') {
      if (silentMs > rules.silentMs * FORGET_AFTER) {
        state.delete(id);
      }
    } else if (standby.stage !== 'leaving' && (silentMs > rules.silentMs || isSlow)) {
      standby.notBefore = isSlow && silentMs <= rules.silentMs ? now + rules.pauseMs : now;
      giveUp(standby);
    }
  }
}

/** The lease says now that these may lead. */
export function stepRecorded(state: ReplicationState, ids: ReadonlySet<string>): void {
  for (const [id, standby] of state) {
    if (standby.stage === 'joining' && ids.has(id)) {
      standby.stage = 'in-step';
    } else if (standby.stage === 'leaving' && !ids.has(id)) {
      standby.stage = 'behind';
    }
  }
}

/** Who the lease should name beside the leader. */
export function mayTakeOver(state: ReplicationState): string[] {
  return [...state].filter(([, { stage }]) => stage === 'joining' || stage === 'in-step').map(([id]) => id);
}

/** Whether everybody who is waited for has it. */
export function isHeld(state: ReplicationState, target: LedgerPosition): boolean {
  return [...state.values()].every((standby) => !isWaitedFor(standby) || isAtLeast(standby.held, target));
}

function isWaitedFor({ stage }: Standby): boolean {
  return stage !== 'behind';
}

/** Of one that is waited for: who was never named to the lease need not be taken from it. */
function giveUp(standby: Standby): void {
  standby.stage = standby.stage === 'closing' ? 'behind' : 'leaving';
}

function isNear(held: LedgerPosition, end: LedgerPosition): boolean {
  return isAtLeast(held, end) || (held.segment === end.segment && end.offset - held.offset <= NEAR);
}
