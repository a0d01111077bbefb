import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../errors';
import type { Fence } from '../fence';
import { type KubeClient, KubeError, NotLeaderError } from '../kube-client';
import type { Logger } from '../log';
import type { KubeLease } from './kube-lease';
import type { LeaseTimings } from './lease';
import { type LeaseFence, monotonicMs } from './lease-fence';
import { renderLeaseSpec, renderReleasedSpec } from './step-election';

/** A lease as it was taken. */
export interface Term {
  readonly identity: string;
  readonly timings: LeaseTimings;
  readonly transitions: number;
  readonly acquired: Date;
  readonly resourceVersion: string;
  readonly fence: LeaseFence;
}

/** What a leader may ask of the lease it holds. */
export interface HeldLease {
  /** For what is not written through the leader's client. */
  readonly fence: Fence;
  /** Writes annotations of the lease; rejects with `NotLeaderError` when it is not held any more. */
  annotate(annotations: Readonly<Record<string, string>>): Promise<void>;
}

/** The leader's work; see `LeaderOptions`. */
export type Lead = (kube: KubeClient, signal: AbortSignal, held: HeldLease) => Promise<() => Promise<void>>;

interface Office {
  /** What the leader works with; fenced here. */
  readonly kube: KubeClient;
  /** Connections that only the lease uses. */
  readonly own: KubeClient;
  readonly lease: KubeLease;
  readonly log: Logger;
  readonly signal: AbortSignal;
  readonly lead: Lead;
}

/** How a term ended. `failed`: the work did not even begin. */
export type End = 'released' | 'lost' | 'failed';

/** One time of leading, from the lease taken to the lease let go or lost. */
export class TermOfOffice {
  private readonly renewer: KubeClient;
  private resourceVersion: string;
  /** Fires when leading is over, for whatever reason: ends the work. */
  private readonly over = new AbortController();
  /** Fires when the work has ended: ends the renewals. */
  private readonly ended = new AbortController();

  constructor(
    private readonly office: Office,
    private readonly term: Term,
  ) {
    this.renewer = office.own.fenced(term.fence);
    this.resourceVersion = term.resourceVersion;
  }

  async run(): Promise<End> {
    const { office, term } = this;
    const stop = () => this.over.abort(new Error('the service stops'));
    office.signal.addEventListener('abort', stop, { once: true });
    if (office.signal.aborted) {
      stop();
    }
    const kube = office.kube.fenced(term.fence);
    const renewing = this.renew();
    const failure = await this.work(kube);
    await kube.settled();
    this.ended.abort();
    const lost = await renewing;
    office.signal.removeEventListener('abort', stop);
    if (!lost) {
      await this.release();
    }
    term.fence.close();
    return failure ? 'failed' : lost ? 'lost' : 'released';
  }

  /** Resolves when the work is over and has ended; true when it never began. */
  private async work(kube: KubeClient): Promise<boolean> {
    const { signal } = this.over;
    let end: () => Promise<void>;
    try {
      const annotate: HeldLease['annotate'] = (annotations) => this.annotate(annotations);
      end = await this.office.lead(kube, signal, { fence: this.term.fence, annotate });
    } catch (error) {
      if (!signal.aborted) {
        this.office.log.error(
          { reason: messageOf(error) },
          'the work of the leader did not begin; the lease is let go',
        );
      }
      return !signal.aborted;
    }
    if (!signal.aborted) {
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    }
    await end().catch((error: unknown) => {
      this.office.log.error({ reason: messageOf(error) }, 'the work of the leader did not end well');
    });
    return false;
  }

  /** Renews until told to end or the lease is lost; resolves to whether it is lost. */
  private async renew(): Promise<boolean> {
    const { timings, fence } = this.term;
    while (!this.ended.signal.aborted) {
      await sleep(Math.max(0, Math.min(timings.retryMs, fence.leadsForMs())), undefined, {
        signal: this.ended.signal,
      }).catch(() => undefined);
      if (this.ended.signal.aborted) {
        return fence.leadsForMs() <= 0;
      }
      const reason = await this.renewOnce();
      if (reason !== undefined) {
        this.lose(reason);
        return true;
      }
    }
    return fence.leadsForMs() <= 0;
  }

  private lose(reason: string): void {
    this.office.log.warn({ reason }, 'the lease is lost');
    this.term.fence.close();
    this.over.abort(new NotLeaderError(reason));
  }

  /** Undefined when this process still leads, else why not. */
  private async renewOnce(): Promise<string | undefined> {
    const { fence, identity, timings, transitions, acquired } = this.term;
    if (fence.leadsForMs() <= 0) {
      return `it was not renewed within ${timings.renewWithinMs} ms`;
    }
    const spec = renderLeaseSpec(identity, timings, transitions, acquired, new Date());
    const timeoutMs = Math.ceil(Math.min(fence.renewalMs, fence.leadsForMs()));
    const sentAt = monotonicMs();
    try {
      const lease = await this.office.lease.write(this.renewer, spec, this.resourceVersion, timeoutMs);
      this.resourceVersion = lease.metadata.resourceVersion;
      fence.renewed(sentAt);
      return undefined;
    } catch (error) {
      if (error instanceof KubeError && error.status === 409) {
        return this.whoHoldsIt(timeoutMs);
      }
      this.office.log.warn({ reason: messageOf(error), leftMs: Math.round(fence.leadsForMs()) }, 'lease not renewed');
      return undefined;
    }
  }

  private async annotate(annotations: Readonly<Record<string, string>>): Promise<void> {
    const timeoutMs = this.term.fence.renewalMs;
    for (;;) {
      try {
        const lease = await this.office.lease.annotate(this.renewer, annotations, this.resourceVersion, timeoutMs);
        this.resourceVersion = lease.metadata.resourceVersion;
        return;
      } catch (error) {
        if (!(error instanceof KubeError) || error.status !== 409) {
          throw error;
        }
        const reason = await this.whoHoldsIt(timeoutMs);
        if (reason !== undefined) {
          this.lose(reason);
          throw new NotLeaderError(reason);
        }
      }
    }
  }

  /** After a conflict: another holder's name as a reason, or undefined when only the version was not ours. */
  private async whoHoldsIt(timeoutMs: number): Promise<string | undefined> {
    try {
      const lease = await this.office.lease.read(this.office.own, timeoutMs);
      const holder = lease?.spec.holderIdentity;
      if (lease === undefined || holder !== this.term.identity) {
        return `it is held by ${holder || 'nobody'}`;
      }
      this.resourceVersion = lease.metadata.resourceVersion;
    } catch (error) {
      this.office.log.warn({ reason: messageOf(error) }, 'lease not read after a conflict');
    }
    return undefined;
  }

  /** Nothing is under way: whoever stands by may begin at once. */
  private async release(): Promise<void> {
    const { log, lease } = this.office;
    const spec = renderReleasedSpec(this.term.transitions, new Date());
    try {
      await lease.write(this.renewer, spec, this.resourceVersion, this.term.fence.renewalMs);
    } catch (error) {
      log.warn({ reason: messageOf(error) }, 'the lease was not let go; it runs out by itself');
    }
  }
}
