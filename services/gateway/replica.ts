import { hostname } from 'node:os';
import { join } from 'node:path';
import type { GatewayStandby } from '../../core/service-config';
import { messageOf } from '../shared/errors';
import { beginTerm, type Doors, type Term } from './begin-term';
import type { GatewayOptions, ReplicaParts } from './gateway-options';
import { DiskSegments } from './ledger/disk-segments';
import { LedgerCopy } from './ledger/ledger-copy';
import type { ReadSegments } from './ledger/read-segments';
import { countDamage, metrics } from './metrics';
import { decideMayLead, type MayLead } from './replication/decide-may-lead';
import { LeaderFollower } from './replication/follow-leader';
import { HeardEvents } from './replication/heard-events';
import { LeaderClient } from './replication/leader-client';
import { type Office, ordinalOf, runLeadership } from './replication/leadership';
import { readReplicaId } from './replication/replica-id';
import { StreamSwitch } from './stream-switch';

const MINUTE_MS = 60_000;
/** Not asked for so long, a replica knows that somebody has led meanwhile. */
const ASKED_EVERY_MS = 10_000;

export interface ReplicaOptions {
  readonly gateway: GatewayOptions;
  readonly standby: GatewayStandby;
  readonly parts: ReplicaParts;
  readonly signal: AbortSignal;
  readonly onFailure: (error: Error) => void;
  readonly onSilentStream: () => void;
}

/**
 * One replica of several: copies the ledger of the leader and notes what its own stream says, until the lease is its own;
 * then it is the gateway, until the lease is lost.
 */
export class Replica {
  /** Where this replica takes the stream. */
  readonly stream: StreamSwitch;
  private readonly ordinal: number;
  private readonly store: DiskSegments;
  /** Undefined while this replica leads. */
  private standing: Standing | undefined;
  private term: Term | undefined;
  private askedAt = Number.NEGATIVE_INFINITY;
  private freeSince = 0;
  /** By what right this replica would lead, as far as it was asked. */
  private verdict: MayLead['kind'] = 'no';

  private constructor(
    private readonly options: ReplicaOptions,
    private readonly id: string,
    copy: LedgerCopy,
    private heard: HeardEvents,
  ) {
    this.ordinal = options.parts.ordinal ?? ordinalOf(process.env['HOSTNAME'] ?? hostname());
    this.store = storeOf(options);
    this.stream = new StreamSwitch(heard);
    this.standing = this.follow(copy);
  }

  /** Takes the ledger's directory. Rejects with `TerminalError` when it is in use. */
  static async open(options: ReplicaOptions): Promise<Replica> {
    const copy = await openCopy(options);
    const id = await readReplicaId(options.gateway.config.ledgerDirectory);
    return new Replica(options, id, copy, await openHeard(options));
  }

  /** Undefined while another leads. */
  get doors(): Doors | undefined {
    return this.term?.doors;
  }

  /** Stands by and leads in turn until the signal fires. Returns what waits for the end of it. */
  run(): () => Promise<void> {
    const { gateway, parts, standby, signal } = this.options;
    const { log, readiness } = gateway;
    const done = runLeadership({
      ...{ ...parts, log, readiness, signal, ordinal: this.ordinal, replica: this.id, replicas: standby.replicas },
      mayLead: (inStep) => this.mayLead(inStep),
      lead: (office, over) => this.lead(office, over),
    });
    return async () => {
      await done();
      await this.standing?.follower.stop();
      await this.standing?.copy.close();
      await this.heard.close();
    };
  }

  /** Asked again and again while the lease is nobody's. */
  private mayLead(inStep: readonly string[] | undefined): boolean {
    const now = performance.now();
    const isFreeAnew = now - this.askedAt > ASKED_EVERY_MS;
    this.freeSince = isFreeAnew ? now : this.freeSince;
    this.askedAt = now;
    const candidate = { id: this.id, ordinal: this.ordinal, isEmpty: this.standing?.copy.isEmpty ?? true };
    const afterMs = this.options.standby.uncleanAfterMinutes * MINUTE_MS;
    const verdict = decideMayLead(candidate, inStep, now - this.freeSince, afterMs);
    this.verdict = verdict.kind;
    if (verdict.kind === 'no' && isFreeAnew) {
      this.options.gateway.log.warn({ why: verdict.why }, 'nobody leads, and this replica may not');
    }
    return verdict.kind !== 'no';
  }

  private async lead(office: Office, over: AbortSignal): Promise<() => Promise<void>> {
    const { gateway, onFailure, onSilentStream, signal } = this.options;
    if (this.verdict === 'unclean') {
      metrics.uncleanTakeovers.inc();
      gateway.log.error('this replica leads without having been in step; decisions of the last leader may be missing');
    }
    const read = await this.endStanding();
    try {
      this.term = await beginTerm({
        ...{ gateway, store: this.store, office, onFailure, onSilentStream },
        mayBeBehind: this.verdict !== 'in-step',
        ...(read === undefined ? {} : { read }),
        signal: AbortSignal.any([over, signal]),
      });
    } catch (error) {
      await this.standBy();
      throw error;
    }
    const { core, stop } = this.term;
    this.stream.turnTo(core.stream);
    try {
      core.takeHeard(await this.heard.takeAll());
    } catch (error) {
      gateway.log.error(
        { reason: messageOf(error) },
        'what this standby heard cannot be read; what REST knows is read there',
      );
    }
    return () => this.endTerm(stop).catch(onFailure);
  }

  private async endTerm(stop: () => Promise<void>): Promise<void> {
    this.term = undefined;
    try {
      this.heard = await openHeard(this.options);
      this.stream.turnTo(this.heard);
    } finally {
      await stop();
    }
    await this.standBy();
  }

  private async standBy(): Promise<void> {
    if (!this.options.signal.aborted) {
      this.standing = this.follow(await openCopy(this.options));
    }
  }

  /** What was copied, for who writes it from now on. */
  private async endStanding(): Promise<ReadSegments | undefined> {
    const { standing } = this;
    this.standing = undefined;
    await standing?.follower.stop();
    return standing?.copy.handOver();
  }

  private follow(copy: LedgerCopy): Standing {
    const { gateway, parts, standby } = this.options;
    const { log, readiness } = gateway;
    const leader = new LeaderClient(standby.ledgerUrl, parts.ledgerToken);
    return { copy, follower: new LeaderFollower({ copy, replica: this.id, leader, log, readiness }) };
  }
}

interface Standing {
  readonly copy: LedgerCopy;
  readonly follower: LeaderFollower;
}

function storeOf({ gateway }: ReplicaOptions): DiskSegments {
  return new DiskSegments(gateway.config.ledgerDirectory);
}

function openCopy(options: ReplicaOptions): Promise<LedgerCopy> {
  return LedgerCopy.open(storeOf(options), { log: options.gateway.log, onDamage: countDamage });
}

function openHeard({ gateway, onFailure }: ReplicaOptions): Promise<HeardEvents> {
  const store = new DiskSegments(join(gateway.config.ledgerDirectory, 'heard'));
  return HeardEvents.open({ store, log: gateway.log, onFailure });
}
