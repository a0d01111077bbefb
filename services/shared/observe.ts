import { setTimeout as sleep } from 'node:timers/promises';
import { Counter } from 'prom-client';
import { z } from 'zod';
import { messageOf, TransientError } from './errors';
import { type KubeClient, KubeError } from './kube-client';
import type { Logger } from './log';

const Versioned = z.object({ metadata: z.object({ resourceVersion: z.string() }) });
const WatchLine = z.object({
  type: z.enum(['ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK', 'ERROR']),
  object: z.unknown(),
});
const WatchError = z.object({
  code: z.number().default(500),
  reason: z.string().default('Unknown'),
  message: z.string().default(''),
});

/** A full list now and then mends whatever a watch may have missed. */
const RELIST_MS = 10 * 60_000;
const BACKOFF_MS = { first: 200, most: 10_000 };
/** A watch that ends sooner without a word did not work. */
const WORKED_MS = 5_000;
/** The server ends watches after about this time, so that they spread over its replicas again. */
const WATCH_SECONDS = 300;
/** How long the event loop is kept at most before others get their turn: a lease must be renewed. Milliseconds. */
const TURN_MS = 15;

const listsTotal = new Counter({
  name: 'seakeeper_follow_lists_total',
  help: 'Full lists of a followed collection: the first, every resync, and after an expired watch.',
  labelNames: ['path'] as const,
});
export const interruptionsTotal = new Counter({
  name: 'seakeeper_follow_interruptions_total',
  help: 'Lists and watches of a followed collection that failed; following goes on by itself.',
  labelNames: ['path'] as const,
});

/** From a list: the object may be long known; from a watch: it has just changed. */
export type Source = 'list' | 'watch';

/** A collection and what is done with what it says. Nothing is kept here, neither object nor name. */
export interface Observation {
  /** Such as `/apis/argoproj.io/v1alpha1/workflows`. */
  readonly path: string;
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
  /** Objects are metadata alone. @default false */
  readonly metadataOnly?: boolean | undefined;
  /** A full list begins, or begins anew: what is not said until `listed` is not there. */
  readonly listing: () => void;
  /** An object is there, new, changed or as it was. */
  readonly present: (object: unknown, source: Source) => void;
  readonly gone: (object: unknown) => void;
  /** A full list is complete. */
  readonly listed: () => void;
}

export interface ObserveOptions {
  readonly kube: Pick<KubeClient, 'list' | 'watch'>;
  readonly log: Logger;
  /** Ends it. */
  readonly signal: AbortSignal;
  /** Milliseconds between two full lists, give or take a fifth. @default 10 minutes */
  readonly relistMs?: number | undefined;
  /** Milliseconds without a byte after which a watch counts as dead. @default - see KubeClient.watch */
  readonly silenceMs?: number | undefined;
  /** Objects a page. @default 500 */
  readonly pageSize?: number | undefined;
}

/**
 * Observes a collection until the signal fires: paged list, watch with bookmarks from there, list again when the watch
 * has expired and every ten minutes. A watch that breaks for another reason goes on where it was. Level-triggered: what
 * it says is the present state, never a history; a list that fails says nothing.
 */
export async function observeCollection(observation: Observation, options: ObserveOptions): Promise<void> {
  await new Observer(observation, options).run();
}

class Observer {
  private relistAt = 0;
  /** Where the watch goes on; undefined when a list must come first. */
  private version: string | undefined;
  private failures = 0;

  constructor(
    private readonly observation: Observation,
    private readonly options: ObserveOptions,
  ) {}

  async run(): Promise<void> {
    const { signal } = this.options;
    while (!signal.aborted) {
      try {
        if (this.version === undefined || performance.now() >= this.relistAt) {
          this.version = await this.list();
        }
        await this.watch(this.version);
      } catch (error) {
        if (signal.aborted) {
          return;
        }
        await this.recover(error);
      }
    }
  }

  private async recover(error: unknown): Promise<void> {
    const { log, signal } = this.options;
    const { path } = this.observation;
    interruptionsTotal.inc({ path });
    const resumes = error instanceof TransientError || (error instanceof KubeError && error.status !== 410);
    if (!resumes) {
      // Expired, or something that only a fresh start mends.
      this.version = undefined;
    }
    const backoff = Math.min(BACKOFF_MS.first * 2 ** this.failures, BACKOFF_MS.most);
    const asked = error instanceof KubeError ? (error.retryAfterMs ?? 0) : 0;
    // Half of it is left to chance: many who were cut off at once do not come back at once.
    const retryInMs = Math.round(Math.max(asked, backoff / 2) + (Math.random() * backoff) / 2);
    this.failures += 1;
    log.warn({ path, reason: messageOf(error), retryInMs }, 'following interrupted');
    await sleep(retryInMs, undefined, { signal }).catch(() => undefined);
  }

  private async list(): Promise<string> {
    const { kube, pageSize, relistMs = RELIST_MS, signal } = this.options;
    const { fieldSelector, labelSelector, listed, listing, metadataOnly, path, present } = this.observation;
    listsTotal.inc({ path });
    listing();
    let version = '';
    const pages = kube.list(path, { selector: labelSelector, fieldSelector, metadataOnly, limit: pageSize });
    let coming = pages.next();
    for (let page = await coming; !page.done; page = await coming) {
      signal.throwIfAborted();
      // Asked for while this one is looked at: the server and we work at the same time.
      coming = pages.next();
      coming.catch(() => undefined);
      if (page.value.restarted) {
        listing();
      }
      version = page.value.resourceVersion;
      await inTurns(page.value.items, (object) => present(object, 'list'));
    }
    this.relistAt = performance.now() + relistMs * (0.8 + 0.4 * Math.random());
    listed();
    return version;
  }

  /** Returns when the server ended the watch or it is time to list again; throws when it broke. */
  private async watch(from: string): Promise<void> {
    const { kube, signal, silenceMs } = this.options;
    const { metadataOnly, path } = this.observation;
    const started = performance.now();
    const leftMs = Math.max(1_000, this.relistAt - started);
    let heard = false;
    for await (const line of kube.watch(this.watchPath(from, leftMs), signal, { silenceMs, metadataOnly })) {
      this.take(line);
      heard = true;
      this.failures = 0;
    }
    if (!heard && !signal.aborted && performance.now() - started < Math.min(WORKED_MS, leftMs)) {
      throw new TransientError(`watch ${path}: ended at once without a word`);
    }
    this.failures = 0;
  }

  private take(line: unknown): void {
    const { gone, path, present } = this.observation;
    const { type, object } = WatchLine.parse(line);
    if (type === 'ERROR') {
      const { code, reason, message } = WatchError.parse(object);
      throw new KubeError(code, reason, `watch ${path}: ${code} ${reason}: ${message}`);
    }
    // A bookmark's object has a resource version and nothing else.
    const version = Versioned.parse(object).metadata.resourceVersion;
    if (type === 'DELETED') {
      gone(object);
    } else if (type !== 'BOOKMARK') {
      present(object, 'watch');
    }
    // Last: what could not be taken is asked for again.
    this.version = version;
  }

  private watchPath(resourceVersion: string, leftMs: number): string {
    const { labelSelector, fieldSelector, path } = this.observation;
    const seconds = Math.min(WATCH_SECONDS * (0.8 + 0.4 * Math.random()), leftMs / 1000);
    const query = new URLSearchParams({
      ...(labelSelector === undefined ? {} : { labelSelector }),
      ...(fieldSelector === undefined ? {} : { fieldSelector }),
      watch: 'true',
      resourceVersion,
      allowWatchBookmarks: 'true',
      timeoutSeconds: String(Math.ceil(seconds)),
    });
    return `${path}?${query}`;
  }
}

/** Calls `each` for all, and lets others have the event loop in between. */
async function inTurns(items: readonly unknown[], each: (item: unknown) => void): Promise<void> {
  let began = performance.now();
  for (const item of items) {
    each(item);
    if (performance.now() - began > TURN_MS) {
      await new Promise((resolve) => setImmediate(resolve));
      began = performance.now();
    }
  }
}
