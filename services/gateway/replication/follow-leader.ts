import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../shared/errors';
import type { Readiness } from '../../shared/health-server';
import type { Logger } from '../../shared/log';
import type { LedgerCopy } from '../ledger/ledger-copy';
import type { LeaderAnswer, LeaderClient } from './leader-client';

/** A leader must hear of us well within the time after which we are gone to it. */
const WAIT_SECONDS = 1;
const AGAIN_MS = 500;
const READY = 'in-step';

export interface FollowLeaderOptions {
  readonly copy: LedgerCopy;
  /** What our volume is known by. */
  readonly replica: string;
  readonly leader: Pick<LeaderClient, 'ask'>;
  readonly log: Logger;
  readonly readiness: Readiness;
}

/** A standby's half of the copy: asks for what comes next, puts it on disk, asks again. */
export class LeaderFollower {
  private readonly stopping = new AbortController();
  private readonly done: Promise<void>;
  private term: string | undefined;
  /** Why the leader could not be followed when it was last tried. */
  private failure: string | undefined;

  constructor(private readonly options: FollowLeaderOptions) {
    this.done = this.run();
  }

  /** Resolves when nothing is under way any more. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.done;
    this.options.readiness.has(READY);
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      try {
        await this.step();
        this.failure = undefined;
      } catch (error) {
        if (!signal.aborted) {
          this.say(error);
        }
        await sleep(AGAIN_MS, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  private async step(): Promise<void> {
    const { copy, leader, replica, log } = this.options;
    const { segment, offset } = copy.end;
    const proof = copy.isEmpty ? {} : this.term === undefined ? { sha256: await copy.hashEnd() } : { term: this.term };
    const answer = await leader.ask(
      { replica, segment, offset, ...proof, waitSeconds: WAIT_SECONDS },
      this.stopping.signal,
    );
    switch (answer.kind) {
      case 'unknown-term':
        this.term = undefined;
        return;
      case 'diverged':
        this.term = undefined;
        log.warn(
          { segment },
          'this ledger and the leader’s part before the end of a segment; it is set aside and copied anew',
        );
        await copy.stepBack();
        return;
      case 'followed':
        await this.take(answer);
    }
  }

  private async take({ term, first, chunk, isInStep }: Extract<LeaderAnswer, { kind: 'followed' }>): Promise<void> {
    const { copy, readiness } = this.options;
    this.term = term;
    if (chunk !== undefined) {
      await copy.append(chunk);
    }
    await copy.forgetBefore(first);
    if (isInStep) {
      readiness.has(READY);
    } else {
      readiness.waitFor(READY, 'the leader has more than this standby has copied');
    }
  }

  /** With no leader there is nothing to be in step with: a standby is ready, or an update of all replicas would stand still. */
  private say(error: unknown): void {
    const { log, readiness } = this.options;
    readiness.has(READY);
    const reason = messageOf(error);
    if (reason !== this.failure) {
      log.warn({ reason }, 'the leader’s ledger cannot be copied now');
    }
    this.failure = reason;
  }
}
