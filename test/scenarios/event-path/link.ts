import { TransientError } from '../../../services/shared/errors';
import { outside, type Process } from './process';
import type { Random } from './random';
import type { VirtualClock } from './virtual-clock';

/** Longest that one way over a link takes. Milliseconds. */
export const MOST_LATENCY_MS = 30;

/** Where a process is to die: the how-manieth time it comes to a point. */
export interface CrashPoint {
  readonly point: string;
  /** Passings that are let go by. */
  after: number;
  readonly crash: () => void;
}

/** What all links and disks of a world share. */
export interface Medium {
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly crashPoints: CrashPoint[];
  /** Points that were passed, with how often. */
  readonly passed: Map<string, number>;
}

/** A process comes to a labelled point: here it dies, or goes on. */
export async function reach({ crashPoints, passed }: Medium, process: Process, point: string): Promise<void> {
  await process.aliveOnly();
  passed.set(point, (passed.get(point) ?? 0) + 1);
  const index = crashPoints.findIndex((crash) => crash.point === point);
  const found = crashPoints[index];
  if (found !== undefined && found.after-- <= 0) {
    crashPoints.splice(index, 1);
    outside(found.crash);
  }
  await process.aliveOnly();
}

/** The way from our processes to one service, with what can happen on it. */
export class Link {
  isDown = false;
  /** So many answers are lost, though what was asked for is done. */
  losesAnswers = 0;
  /** Calls that failed for one or the other, by point. */
  readonly failed = new Map<string, number>();

  constructor(
    private readonly name: string,
    private readonly medium: Medium,
  ) {}

  /** Carries a call of a process to where `effect` is, and the answer back. `point` names both ends: `… sent`, `… answered`. */
  async carry<Answer>(process: Process, point: string, effect: () => Promise<Answer>): Promise<Answer> {
    await reach(this.medium, process, `${point} sent`);
    await this.travel();
    await process.aliveOnly();
    if (this.isDown) {
      this.fail(point);
      throw new TransientError(`${this.name} is away`);
    }
    const answer = await outside(effect);
    await this.travel();
    if (this.losesAnswers > 0) {
      this.losesAnswers -= 1;
      await process.aliveOnly();
      this.fail(point);
      throw new TransientError(`${this.name}: connection reset`);
    }
    await reach(this.medium, process, `${point} answered`);
    return answer;
  }

  private fail(point: string): void {
    this.failed.set(point, (this.failed.get(point) ?? 0) + 1);
  }

  private travel(): Promise<void> {
    return this.medium.clock.sleep(this.medium.random.between(0, MOST_LATENCY_MS));
  }
}
