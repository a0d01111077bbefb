import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../errors';
import type { Readiness } from '../health-server';
import { type KubeClient, KubeError } from '../kube-client';
import type { Logger } from '../log';
import { KubeLease, type LeaseName } from './kube-lease';
import { LEASE_TIMINGS, type Lease, type LeaseTimings, type Observation } from './lease';
import { LeaseFence, monotonicMs } from './lease-fence';
import { leaderChangesTotal, leaderGauge } from './metrics';
import { observe, renderLeaseSpec, stepElection } from './step-election';
import { type Lead, type Term, TermOfOffice } from './term-of-office';

export interface LeaderOptions {
  readonly kube: KubeClient;
  readonly lease: LeaseName;
  /** Never the same for two processes, not even one after the other. @default - the host's name and a random part */
  readonly identity?: string;
  readonly timings?: LeaseTimings;
  readonly log: Logger;
  /** Fires when the service stops: the leader ends its work and hands over. */
  readonly signal: AbortSignal;
  /** A standby is ready: it has read the lease. */
  readonly readiness?: Readiness;
  /**
   * Whether this process may take a lease that is nobody's, as it was read; undefined: there is none. The lease is taken
   * only if it still is as it was read.
   *
   * @default - it may
   */
  readonly mayLead?: (lease: Lease | undefined) => boolean;
  /**
   * Whether a holder cannot be there any more, as its successor in the same place knows: its lease is not waited out.
   *
   * @default - nobody knows
   */
  readonly isGone?: (holder: string) => boolean;
  /**
   * The leader's work. Resolves, once begun, to what ends it and waits for what is under way. `kube` is fenced; `signal`
   * fires when the lease is lost or the service stops; what is held has the `fence` that is asked before writes to others. Called anew for each term.
   */
  readonly lead: Lead;
}

/** The lease has its own connections: a renewal never waits for what the leader writes. */
const CONNECTIONS = 2;

/** An identity for this process alone: a container that starts again in the same pod is another one. */
export function leaderIdentity(): string {
  return `${process.env['HOSTNAME'] ?? hostname()}_${randomUUID()}`;
}

/**
 * Runs `lead` whenever this process holds the lease, and stands by otherwise, until `signal` fires. Returns what waits
 * for the hand-over then: work ended, nothing under way, lease let go.
 *
 * At most one process leads at a time as long as their clocks run at about the same speed; what a leader that was
 * stopped or cut off could still write is held back by the fence of its client.
 */
export function runAsLeader(options: LeaderOptions): () => Promise<void> {
  const election = new Election(options);
  const done = election.run();
  return () => done;
}

class Election {
  private readonly lease: KubeLease;
  private readonly kube: KubeClient;
  private readonly identity: string;
  private readonly timings: LeaseTimings;
  private readonly log: Logger;

  constructor(private readonly options: LeaderOptions) {
    this.lease = new KubeLease(options.lease);
    this.kube = options.kube.apart(CONNECTIONS);
    this.identity = options.identity ?? leaderIdentity();
    this.timings = options.timings ?? LEASE_TIMINGS;
    this.log = options.log.child({ lease: options.lease.name, identity: this.identity });
    options.readiness?.waitFor('lease', 'the lease was not read yet');
  }

  async run(): Promise<void> {
    const { signal } = this.options;
    leaderGauge.set({ lease: this.options.lease.name }, 0);
    while (!signal.aborted) {
      const term = await this.campaign();
      if (term !== undefined) {
        await this.serve(term);
      }
    }
    await this.kube.close();
  }

  private async serve(term: Term): Promise<void> {
    const lease = this.options.lease.name;
    leaderGauge.set({ lease }, 1);
    leaderChangesTotal.inc({ lease, change: 'acquired' });
    this.log.info({ transitions: term.transitions }, 'leading');
    const end = await new TermOfOffice(
      { ...this.options, lease: this.lease, own: this.kube, log: this.log },
      term,
    ).run();
    leaderGauge.set({ lease }, 0);
    leaderChangesTotal.inc({ lease, change: end });
    this.log.info({ end }, 'leading no more');
    if (end === 'failed') {
      await this.pause();
    }
  }

  /** Waits for the lease and takes it; undefined when the service stops first. */
  private async campaign(): Promise<Term | undefined> {
    const { signal, readiness } = this.options;
    const over = new AbortController();
    const changes = new Changes(this.lease, this.kube, AbortSignal.any([signal, over.signal]), this.timings.retryMs);
    let seen: Observation | undefined;
    try {
      while (!signal.aborted) {
        try {
          const found = await this.lease.read(this.kube, this.timings.renewWithinMs / 2);
          seen = observe(seen, found, monotonicMs());
          readiness?.has('lease');
          const step = stepElection(seen, monotonicMs(), this.timings, this.options.isGone);
          if (step.kind !== 'wait' && (this.options.mayLead?.(found) ?? true)) {
            return await this.take(step);
          }
          await changes.next(step.kind === 'wait' ? step.ms : this.timings.retryMs);
        } catch (error) {
          this.log.warn({ reason: messageOf(error) }, 'the lease was not taken, will be tried again');
          await this.pause();
        }
      }
      return undefined;
    } finally {
      over.abort();
    }
  }

  private async take(
    step: { kind: 'create' } | { kind: 'take'; resourceVersion: string; transitions: number },
  ): Promise<Term> {
    const timeoutMs = this.timings.renewWithinMs / 2;
    const transitions = step.kind === 'create' ? 0 : step.transitions;
    const acquired = new Date();
    const spec = renderLeaseSpec(this.identity, this.timings, transitions, acquired, acquired);
    const sentAt = monotonicMs();
    const lease =
      step.kind === 'create'
        ? await this.lease.create(this.kube, spec, timeoutMs)
        : await this.lease.write(this.kube, spec, step.resourceVersion, timeoutMs);
    return {
      identity: this.identity,
      timings: this.timings,
      transitions,
      acquired,
      resourceVersion: lease.metadata.resourceVersion,
      fence: new LeaseFence(this.timings, sentAt),
    };
  }

  /** Not all at the same time. */
  private async pause(): Promise<void> {
    const ms = this.timings.retryMs * (0.5 + Math.random());
    await sleep(ms, undefined, { signal: this.options.signal }).catch(() => undefined);
  }
}

/** Changes of the lease as the server tells them; polling goes on beside it, for when it does not. */
class Changes {
  private wake: (() => void) | undefined;
  private changed = false;

  constructor(
    private readonly lease: KubeLease,
    private readonly kube: KubeClient,
    private readonly signal: AbortSignal,
    private readonly retryMs: number,
  ) {
    void this.follow();
  }

  /** Resolves on a change, after `ms`, or when the signal fires. */
  async next(ms: number): Promise<void> {
    if (!this.changed) {
      const waiting = new AbortController();
      this.wake = () => waiting.abort();
      await sleep(ms, undefined, { signal: AbortSignal.any([this.signal, waiting.signal]) }).catch(() => undefined);
      this.wake = undefined;
    }
    this.changed = false;
  }

  private async follow(): Promise<void> {
    while (!this.signal.aborted) {
      try {
        for await (const _change of this.lease.watch(this.kube, this.signal)) {
          this.changed = true;
          this.wake?.();
        }
      } catch (error) {
        // Polling carries on; a server that refuses watches is asked less often.
        const ms = error instanceof KubeError ? this.retryMs * 10 : this.retryMs;
        await sleep(ms, undefined, { signal: this.signal }).catch(() => undefined);
      }
    }
  }
}
