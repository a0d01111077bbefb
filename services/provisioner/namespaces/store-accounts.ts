import { namespaceOf } from '../../../core/project-name';
import { messageOf } from '../../shared/errors';
import type { Logger } from '../../shared/log';
import { WorkQueue } from '../../shared/work-queue';
import type { Entry, ProjectTable } from './project-table';
import type { StoreKeys } from './store-keys';

/** Accounts worked on at once. */
const CONCURRENCY = 8;
const MOST_BACKOFF_MS = 30_000;
/** Each account's key is made sure of so often, for a store may be restored from before it was changed. Milliseconds. */
const CHECK_MS = 3_600_000;
const TICK_MS = 1_000;
/** The store is asked so often which accounts it has, for it may have been restored from before some were made. Milliseconds. */
const LOOK_MS = 20_000;
/** A key that is due is changed at the latest after so many times its age, runs or not. */
const OVERDUE = 2;

/** Keys whose change begins in one tick. */
const MOST_ROTATIONS = 5;
/** A key that was not changed, for something runs, is looked at again after this. Milliseconds. */
const POSTPONE_MS = 10 * 60_000;

type Task = 'open' | 'close' | 'check' | 'rotate';

export interface StoreAccountsOptions {
  readonly table: ProjectTable;
  readonly keys: Pick<StoreKeys, 'open' | 'check' | 'close' | 'rotate' | 'namespaces'>;
  /** How many runs of the namespace are not finished. */
  readonly countRuns: (namespace: string) => Promise<number>;
  readonly log: Logger;
  /** The table has everything that was there. */
  readonly isComplete: () => boolean;
  /** The entry's `store` changed. */
  readonly changed: (id: string) => void;
  readonly now: () => number;
  /** A key older than this is changed. Milliseconds. */
  readonly keyAgeMs: number;
}

/**
 * The accounts at the artifact store, worked on beside the namespaces: a store that is down keeps projects from being
 * ready and nothing else from being made.
 */
export class StoreAccounts {
  private readonly tasks = new Map<string, Task>();
  private readonly queue: WorkQueue;
  private readonly timers: readonly NodeJS.Timeout[];
  /** When a key's age is looked at again, by id. Milliseconds since the epoch. */
  private readonly postponed = new Map<string, number>();
  private sweeping: string[] = [];
  /** Accounts, and parts of one, whose turn it is. The first comes up at once. */
  private due = 1;

  constructor(private readonly options: StoreAccountsOptions) {
    this.queue = new WorkQueue({
      log: options.log,
      concurrency: CONCURRENCY,
      mostBackoffMs: MOST_BACKOFF_MS,
      work: (id) => this.work(id),
    });
    this.timers = [
      setInterval(() => this.sweep(), TICK_MS).unref(),
      setInterval(() => void this.look(), LOOK_MS).unref(),
    ];
  }

  /** Asks for an account to be there, or not to be; the outcome comes into the entry. */
  ask(id: string, wanted: 'open' | 'close'): void {
    if (this.tasks.get(id) === wanted) return;
    this.tasks.set(id, wanted);
    this.queue.add(id);
  }

  async stop(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    await this.queue.stop();
  }

  private async work(id: string): Promise<undefined> {
    const entry = this.options.table.get(id);
    const task = this.tasks.get(id);
    if (entry === undefined || task === undefined) {
      this.tasks.delete(id);
      return undefined;
    }
    try {
      await this.perform(entry, task);
    } catch (error) {
      // A check that fails says nothing against an account that was there.
      if (task === 'open' || task === 'close')
        this.set(entry, { kind: 'failed', message: messageOf(error).slice(0, 300) });
      throw error;
    }
    if (this.tasks.get(id) === task) this.tasks.delete(id);
    return undefined;
  }

  private async perform(entry: Entry, task: Task): Promise<void> {
    const { keys } = this.options;
    const namespace = namespaceOf(entry.id);
    if (task === 'close') {
      await keys.close(namespace);
      this.set(entry, { kind: 'closed' });
      return;
    }
    if (entry.space?.ours !== true || entry.space.terminating) return;
    if (task === 'rotate') await this.rotate(entry, namespace);
    else if (task === 'check') await keys.check(namespace);
    else await keys.open(namespace);
    // There is one now; the watch says since when.
    entry.keyMadeAt ??= this.options.now();
    this.set(entry, { kind: 'open' });
  }

  private async rotate({ keyMadeAt = 0 }: Entry, namespace: string): Promise<void> {
    const { countRuns, keyAgeMs, keys, log, now } = this.options;
    const age = now() - keyMadeAt;
    const runs = age > keyAgeMs * OVERDUE ? 0 : await countRuns(namespace);
    if (runs > 0) return;
    await keys.rotate(namespace);
    log.info({ namespace, ageDays: Math.round(age / 86_400_000) }, 'store key changed');
  }

  private set(entry: Entry, store: Entry['store']): void {
    entry.store = store;
    this.options.changed(entry.id);
  }

  /** Keys that are old, and a few accounts each second, so that all come up once in `CHECK_MS`. */
  private sweep(): void {
    const { isComplete, table } = this.options;
    if (!isComplete()) return;
    if (this.sweeping.length === 0) {
      // The newest keys first: a leader that ended amid a change of one left it to us.
      const newest = [...table.values()].sort((one, other) => (other.keyMadeAt ?? 0) - (one.keyMadeAt ?? 0));
      this.sweeping = newest.map(({ id }) => id);
    }
    this.due += (table.size * TICK_MS) / CHECK_MS;
    const some = this.sweeping.splice(0, Math.floor(this.due));
    this.due -= Math.floor(this.due);
    for (const id of this.old()) this.begin(id, 'rotate');
    for (const id of some) this.begin(id, 'check');
  }

  /** Makes the accounts again that the store has lost. */
  private async look(): Promise<void> {
    const { isComplete, keys, log, table } = this.options;
    if (!isComplete()) return;
    // Those that are made while we ask are not lost.
    const made = [...table.values()].filter(({ id, store }) => store.kind !== 'closed' && !this.tasks.has(id));
    try {
      const there = await keys.namespaces();
      const lost = made.filter(({ id }) => !there.has(namespaceOf(id)) && this.begin(id, 'check'));
      if (lost.length > 0) log.warn({ accounts: lost.length }, 'the artifact store lost accounts: they are made again');
    } catch (error) {
      log.warn({ error: messageOf(error) }, 'the artifact store does not say which accounts it has');
    }
  }

  /** False: there is nothing to do it to, or something is under way. */
  private begin(id: string, task: Task): boolean {
    const entry = this.options.table.get(id);
    if (entry?.project === undefined || entry.keyMadeAt === undefined || this.tasks.has(id)) return false;
    this.tasks.set(id, task);
    this.queue.add(id);
    return true;
  }

  /** A few whose key is due to be changed. */
  private old(): string[] {
    const { keyAgeMs, now, table } = this.options;
    const [at, old]: [number, string[]] = [now(), []];
    for (const { id, keyMadeAt } of table.values()) {
      if (old.length === MOST_ROTATIONS) break;
      if (keyMadeAt === undefined || at - keyMadeAt <= keyAgeMs || at < (this.postponed.get(id) ?? 0)) continue;
      this.postponed.set(id, at + POSTPONE_MS);
      old.push(id);
    }
    return old;
  }
}
