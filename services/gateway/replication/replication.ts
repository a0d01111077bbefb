import { messageOf } from '../../shared/errors';
import type { Logger } from '../../shared/log';
import { isAtLeast, type LedgerPosition } from '../ledger/model-position';
import { metrics } from '../metrics';
import {
  isHeld,
  mayTakeOver,
  type OldestWait,
  REPLICATION_RULES,
  type ReplicationRules,
  type ReplicationState,
  stepAsked,
  stepRecorded,
  stepTick,
} from './step-replication';

const TICK_MS = 500;

export interface ReplicationOptions {
  /** Where the ledger ends on disk. */
  readonly end: () => LedgerPosition;
  /** Writes into the lease who may take over; rejects when that is not certain. */
  readonly record: (standbys: readonly string[]) => Promise<void>;
  readonly log: Logger;
  /** @default - 4 s */
  readonly rules?: ReplicationRules;
  /** Milliseconds of a clock that no one sets. */
  readonly now?: () => number;
}

interface Wait extends OldestWait {
  readonly resolve: () => void;
}

/**
 * The leader's half of the standby: nobody is told anything that a replica which may take over does not have on disk.
 * A standby that does not answer is first taken from the list of those who may, in the lease; then answers go out
 * without it. So whoever takes over has all that was ever answered, and no standby holds up the leader for long.
 */
export class Replication {
  private readonly state: ReplicationState = new Map();
  private readonly now: () => number;
  private waits: Wait[] = [];
  private recorded = new Set<string>();
  private isRecording = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: ReplicationOptions) {
    this.now = options.now ?? (() => performance.now());
  }

  /** Takes everybody else from the lease's list: nobody is known to be in step with this leader. */
  async start(): Promise<void> {
    await this.options.record([]);
    this.timer = setInterval(() => this.tick(), TICK_MS);
    this.show();
  }

  /** Answers that wait are never given. */
  stop(): void {
    clearInterval(this.timer);
    this.waits = [];
    metrics.standbysInStep.set(0);
    metrics.standbyLag.set(0);
  }

  /** A standby has so much on disk; whether it is in step. */
  asked(id: string, held: LedgerPosition): boolean {
    stepAsked(this.state, id, held, this.options.end(), this.now());
    this.settle();
    void this.tell();
    return this.state.get(id)?.stage === 'in-step';
  }

  /** Resolves when all that is on disk now is also where it must be before anybody is told of it. */
  commit(): Promise<void> {
    const target = this.options.end();
    if (isHeld(this.state, target)) {
      return Promise.resolve();
    }
    const since = this.now();
    const stop = metrics.replicationWait.startTimer();
    return new Promise((resolve) => {
      this.waits.push({
        target,
        since,
        resolve: () => {
          stop();
          resolve();
        },
      });
    });
  }

  private tick(): void {
    stepTick(this.state, this.now(), this.waits[0], this.options.rules ?? REPLICATION_RULES);
    this.settle();
    void this.tell();
  }

  /** Lets go what waits no longer. Waits are in the order of their targets. */
  private settle(): void {
    while (this.waits[0] !== undefined && isHeld(this.state, this.waits[0].target)) {
      this.waits.shift()?.resolve();
    }
    this.show();
  }

  /** Brings the lease's list to what it should be, one write at a time. What fails is tried again with the next tick. */
  private async tell(): Promise<void> {
    const wanted = mayTakeOver(this.state);
    if (this.isRecording || isSame(wanted, this.recorded)) {
      return;
    }
    this.isRecording = true;
    const isFewer = wanted.length < this.recorded.size;
    // Until it has succeeded nobody knows what the lease says.
    this.recorded = new Set(['?']);
    try {
      await this.options.record(wanted);
      this.recorded = new Set(wanted);
      stepRecorded(this.state, this.recorded);
      if (isFewer) {
        this.options.log.error({ standbys: wanted }, 'a standby is in step no more, and is not waited for');
      } else {
        this.options.log.info({ standbys: wanted }, 'standbys in step');
      }
      this.settle();
    } catch (error) {
      this.options.log.warn({ reason: messageOf(error) }, 'the lease was not told who is in step, will be tried again');
    } finally {
      this.isRecording = false;
    }
  }

  private show(): void {
    const standbys = [...this.state.values()];
    const end = this.options.end();
    const lags = standbys.map(({ held }) => bytesBetween(held, end));
    metrics.standbysInStep.set(standbys.filter(({ stage }) => stage === 'in-step').length);
    metrics.standbyLag.set(Math.max(0, ...lags));
  }
}

/** Within a segment; another segment counts as all of this one. */
function bytesBetween(held: LedgerPosition, end: LedgerPosition): number {
  return isAtLeast(held, end) ? 0 : held.segment === end.segment ? end.offset - held.offset : end.offset;
}

function isSame(wanted: readonly string[], recorded: ReadonlySet<string>): boolean {
  return wanted.length === recorded.size && wanted.every((id) => recorded.has(id));
}
