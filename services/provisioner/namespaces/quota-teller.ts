import type { ProjectTable } from './project-table';

/** What a project uses of its quota is told at most this often. Milliseconds. */
const EACH_MS = 30_000;
const TICK_MS = 1_000;
/** Projects told a tick: people read it, and each is a write. */
const A_TICK = 10;

/** Says when a project's use of its quota is to be told: it changes with every pod, and is for people only. */
export class QuotaTeller {
  private readonly waiting = new Map<string, number>();
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly options: {
      readonly table: ProjectTable;
      readonly enqueue: (id: string) => void;
      readonly now: () => number;
    },
  ) {
    this.timer = setInterval(() => this.tick(), TICK_MS).unref();
  }

  changed(id: string): void {
    if (!this.waiting.has(id)) this.waiting.set(id, this.options.now() + EACH_MS);
  }

  /** What to tell now: what was told before while it is not time yet, so that no other pass tells it. */
  toTell(id: string, told: string | undefined, present: string | undefined): string | undefined {
    return told !== undefined && this.waiting.has(id) ? told : present;
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private tick(): void {
    const { enqueue, now, table } = this.options;
    let left = A_TICK;
    for (const [id, at] of this.waiting) {
      // Oldest first; those behind came later.
      if (at > now() || left === 0) return;
      this.waiting.delete(id);
      const entry = table.get(id);
      if (entry?.project === undefined || entry.project.told.quotaUse === entry.quotaUse) continue;
      left -= 1;
      enqueue(id);
    }
  }
}
