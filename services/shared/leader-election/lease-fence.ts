import type { Fence } from '../fence';
import type { LeaseTimings } from './lease';

/** Clocks of two machines may run apart by this part of the lease, and a write needs time to be refused in. */
const ALLOWANCE = 1 / 15;

/** Milliseconds of a clock that no one can set, and that goes on while this process is stopped. */
export const monotonicMs = (): number => performance.now();

/**
 * The lease as a fence. It is held for its whole time from the moment *before* the renewal was sent: whoever waits
 * counts from when they saw it, which is later.
 */
export class LeaseFence implements Fence {
  readonly marginMs: number;
  private renewedAt: number;
  private readonly heldMs: number;

  constructor(
    private readonly timings: LeaseTimings,
    /** When the request that took the lease was sent. */
    takenAt: number,
    private readonly now: () => number = monotonicMs,
  ) {
    this.renewedAt = takenAt;
    this.heldMs = timings.leaseMs * (1 - ALLOWANCE);
    this.marginMs = Math.max(0, this.heldMs - timings.renewWithinMs);
  }

  remainingMs(): number {
    return this.renewedAt + this.heldMs - this.now();
  }

  /** A renewal that was sent at `sentAt` has succeeded. */
  renewed(sentAt: number): void {
    this.renewedAt = Math.max(this.renewedAt, sentAt);
  }

  /** Nothing may be written any more. */
  close(): void {
    this.renewedAt = Number.NEGATIVE_INFINITY;
  }

  /** Milliseconds until no write may begin any more. */
  leadsForMs(): number {
    return this.remainingMs() - this.marginMs;
  }

  /** Milliseconds for one renewal: several must fit in before it is too late. */
  get renewalMs(): number {
    return this.timings.renewWithinMs / 2;
  }
}
