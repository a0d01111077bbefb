import type { Logger } from '../../shared/log';
import { resyncSeconds } from './metrics';
import type { Observation } from './observe-collection';

export interface ResyncsOptions {
  readonly log: Logger;
  /** No project waits for a pass, nor is in one. */
  readonly isIdle: () => boolean;
  readonly projects: () => number;
}

/** Collections that are followed: seven kinds, Projects, certificates and keys. */
const COLLECTIONS = 10;

/** Knows when everything was listed, and says how long that took and what it came to. */
export class Resyncs {
  /** Everything was listed for the first time: what is missing then is not there. False: it was not, and will not be. */
  readonly first: Promise<boolean>;
  isFirstDone = false;
  private resolveFirst: (isDone: boolean) => void = () => undefined;
  private readonly rounds = new Map<Observation, number>();
  private readonly waiting: { count: number; resolve: () => void }[] = [];
  private objects = 0;
  private begun: number | undefined;
  private listedMs: number | undefined;
  private told = 0;
  private isAbandoned = false;

  constructor(private readonly options: ResyncsOptions) {
    this.first = new Promise((resolve) => {
      this.resolveFirst = resolve;
    });
  }

  /** The same observation, counted. */
  timed(observation: Observation): Observation {
    this.rounds.set(observation, 0);
    return {
      ...observation,
      listing: () => {
        this.begun ??= performance.now();
        observation.listing();
      },
      present: (object, source) => {
        this.objects += 1;
        observation.present(object, source);
      },
      listed: () => {
        observation.listed();
        this.rounds.set(observation, (this.rounds.get(observation) ?? 0) + 1);
        this.afterList();
      },
    };
  }

  /** Resolves when so many collections were listed, or nobody waits for it any more. */
  async listed(count: number): Promise<void> {
    if (this.isAbandoned) return;
    await new Promise<void>((resolve) => {
      this.waiting.push({ count, resolve });
      this.afterList();
    });
  }

  /** Ends the waiting of those who would wait for ever, those who begin to later among them: the service stops. */
  abandon(): void {
    this.isAbandoned = true;
    this.resolveFirst(false);
    for (const { resolve } of this.waiting) resolve();
  }

  /** Tells of a resync that is over: listed, and nothing left to do. */
  look(): void {
    if (this.listedMs === undefined || this.begun === undefined || !this.options.isIdle()) return;
    const { objects, options } = this;
    const [listSeconds, seconds] = [this.listedMs - this.begun, performance.now() - this.begun].map((ms) => ms / 1000);
    resyncSeconds.set(listSeconds ?? 0);
    options.log.info({ listSeconds, seconds, objects, projects: options.projects(), resync: this.told }, 'resynced');
    this.begun = undefined;
    this.listedMs = undefined;
    this.objects = 0;
  }

  private afterList(): void {
    const counts = [...this.rounds.values()];
    const done = counts.filter((count) => count > 0).length;
    for (const { count, resolve } of this.waiting) {
      if (done >= count) resolve();
    }
    const round = counts.length === COLLECTIONS ? Math.min(...counts) : 0;
    if (round === this.told) return;
    this.told = round;
    this.listedMs = performance.now();
    if (round === 1) {
      this.isFirstDone = true;
      this.resolveFirst(true);
    }
    // Whoever was enqueued by the lists comes first.
    setImmediate(() => this.look());
  }
}
