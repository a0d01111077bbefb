import type { Command, Situation } from './model-situation';

/** A run that was told to stop and does not is waited for no longer than this. Milliseconds. */
export const STOP_GRACE_MS = 30_000;
/** A store that does not answer holds up a deletion no longer than this. Milliseconds. */
export const STORE_GRACE_MS = 5 * 60_000;
const POLL_RUNS_MS = { drain: 30_000, stop: 1_000 };
/** A timer is set no further ahead: what is due later is found by then. */
const LONGEST_WAIT_MS = 3_600_000;

/**
 * The way out of a namespace of ours without a Project, from what is there and nothing that was remembered: cordon, let
 * runs end, keep it to be read, close its store account, delete it. A Project that comes back ends it at any point.
 */
export function planRetirement(situation: Situation): Command[] {
  const { extras, held, now, running, space, synced, wanted } = situation;
  if (space?.ours !== true || space.gerritName === undefined || space.terminating) return [];
  const since = Date.parse(space.retiringSince ?? '');
  if (Number.isNaN(since)) return [{ kind: 'cordon', since: new Date(now).toISOString() }];
  const missing = wanted & ~synced & ~held;
  if (missing !== 0n) return [{ kind: 'apply', bits: missing }];
  if (extras.length > 0) return [{ kind: 'remove', objects: extras }];

  const { drainMs, retentionMs } = situation.retirement;
  const drainEnd = since + drainMs;
  if (running === undefined) return [{ kind: 'drain', stop: now >= drainEnd }];
  if (running > 0 && now < drainEnd) return again(Math.min(POLL_RUNS_MS.drain, drainEnd - now));
  if (running > 0 && now < drainEnd + STOP_GRACE_MS) return again(POLL_RUNS_MS.stop);
  const due = since + retentionMs;
  if (now < due) return again(due - now);
  return closeAndDelete(situation, space.uid, Math.max(due, drainEnd));
}

/** The account first: once the namespace is gone, nothing would say that there is one. */
function closeAndDelete({ now, store }: Situation, uid: string, due: number): Command[] {
  if (store.kind === 'closed' || (store.kind === 'failed' && now > due + STORE_GRACE_MS)) {
    return [{ kind: 'delete-namespace', uid }];
  }
  return store.kind === 'failed' ? again(POLL_RUNS_MS.drain) : [{ kind: 'close-store' }];
}

const again = (afterMs: number): Command[] => [
  { kind: 'again', afterMs: Math.max(1, Math.min(afterMs, LONGEST_WAIT_MS)) },
];
