import { subjectOfKey } from '../../core/event-key';
import type { Pair } from './ports';

/** Requests remembered: one by change and pipeline. Who waits was received before, so the newest are those that matter. */
const MOST = 10_000;

/**
 * When changes were last taken out of pipelines. What waits and is older is decided by it, and so is what comes once more
 * after the request was carried out.
 */
export class Dequeues {
  private readonly times = new Map<string, number>();

  /** Takes note of a request and when its event was received; `known`: of this one, or of a later one. */
  note(pair: Pick<Pair, 'key' | 'pipeline'>, eventAt: number): 'new' | 'known' {
    const name = nameOf(pair);
    if ((this.times.get(name) ?? Number.NEGATIVE_INFINITY) >= eventAt) {
      return 'known';
    }
    this.times.delete(name);
    this.times.set(name, eventAt);
    const [oldest] = this.times.keys();
    if (this.times.size > MOST && oldest !== undefined) {
      this.times.delete(oldest);
    }
    return 'new';
  }

  /** Milliseconds since 1970; undefined when nobody asked. */
  latest(pair: Pick<Pair, 'key' | 'pipeline'>): number | undefined {
    return this.times.get(nameOf(pair));
  }
}

const nameOf = ({ key, pipeline }: Pick<Pair, 'key' | 'pipeline'>): string => `${pipeline} ${subjectOfKey(key)}`;
