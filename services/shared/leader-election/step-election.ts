import type { Lease, LeaseTimings, Observation } from './lease';

/** What someone who does not lead does next. */
export type ElectionStep =
  | { readonly kind: 'create' }
  | { readonly kind: 'take'; readonly resourceVersion: string; readonly transitions: number }
  | { readonly kind: 'wait'; readonly ms: number; readonly holder: string };

/**
 * Folds a look at the lease into what was seen before. Time runs from when *we* first saw the holder's last renewal:
 * the times in the lease are of another machine's clock.
 */
export function observe(before: Observation | undefined, lease: Lease | undefined, now: number): Observation {
  const unchanged = before !== undefined && said(before.lease) === said(lease);
  return { lease, since: unchanged ? before.since : now };
}

/**
 * What to do, given the lease as observed. `now` is the monotonic clock that the observation was made by; `isGone` tells of
 * holders that cannot be there any more, whatever is left of their lease.
 */
export function stepElection(
  { lease, since }: Observation,
  now: number,
  timings: LeaseTimings,
  isGone: (holder: string) => boolean = () => false,
): ElectionStep {
  if (lease === undefined) {
    return { kind: 'create' };
  }
  const { holderIdentity, leaseDurationSeconds, leaseTransitions } = lease.spec;
  const take = {
    kind: 'take',
    resourceVersion: lease.metadata.resourceVersion,
    transitions: (leaseTransitions ?? 0) + 1,
  } as const;
  if (holderIdentity === undefined || holderIdentity === null || holderIdentity === '' || isGone(holderIdentity)) {
    return take;
  }
  // The holder's own duration counts: that is how long it thinks it leads.
  const leaseMs = leaseDurationSeconds ? leaseDurationSeconds * 1000 : timings.leaseMs;
  const over = since + leaseMs - now;
  return over <= 0 ? take : { kind: 'wait', ms: Math.min(over, timings.retryMs), holder: holderIdentity };
}

/** What a renewal changes. A label that somebody sets is none. */
function said(lease: Lease | undefined): string {
  return JSON.stringify([lease === undefined, lease?.spec]);
}

/** The spec that a holder writes. `wallClock` is for people only. */
export function renderLeaseSpec(
  holder: string,
  timings: LeaseTimings,
  transitions: number,
  acquired: Date,
  wallClock: Date,
): object {
  return {
    holderIdentity: holder,
    leaseDurationSeconds: Math.ceil(timings.leaseMs / 1000),
    acquireTime: microTime(acquired),
    renewTime: microTime(wallClock),
    leaseTransitions: transitions,
  };
}

/** Nobody's: who waits takes it at once. */
export function renderReleasedSpec(transitions: number, wallClock: Date): object {
  const time = microTime(wallClock);
  // The API server wants a positive duration.
  return {
    holderIdentity: '',
    leaseDurationSeconds: 1,
    acquireTime: time,
    renewTime: time,
    leaseTransitions: transitions,
  };
}

/** Kubernetes' MicroTime has six digits after the point. */
function microTime(date: Date): string {
  return date.toISOString().replace('Z', '000Z');
}
