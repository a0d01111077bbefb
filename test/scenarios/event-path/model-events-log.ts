import type { LogAnswer, LoggedEvents } from '../../../services/gateway/events-log/events-log-client';
import { LogNotThereError } from '../../../services/gateway/events-log/events-log-client';
import type { TimeSlice } from '../../../services/gateway/events-log/plan-log-slices';
import type { Random } from './random';
import type { VirtualClock } from './virtual-clock';

/** Whether the server has the plug-in: not at all, for us, or for everybody but us. */
export type LogMode = 'none' | 'there' | 'refused';

/** The plug-in writes what waits every so often, and is behind now and then. Milliseconds. */
const FLUSH_MS = 2_000;
const MOST_BEHIND_MS = 200_000;
const SECOND_MS = 1_000;
/** A row that is written has been read within this: the longest wait between two readings, and a reading. */
const READ_WITHIN_MS = 30_000;

interface Row {
  readonly second: number;
  readonly writtenAt: number;
  readonly line: string;
}

/** The events-log plug-in as its answers show it: by whole seconds, in no order within one, and late. */
export class ModelEventsLog implements LoggedEvents {
  readonly returnLimit = 5000;
  mode: LogMode = 'none';
  private readonly rows: Row[] = [];

  constructor(
    private readonly clock: VirtualClock,
    private readonly random: Random,
  ) {}

  log(line: string): void {
    const { now } = this.clock;
    const isBehind = this.random.between(0, 9) === 0;
    const late = this.random.between(0, isBehind ? MOST_BEHIND_MS : FLUSH_MS);
    const row = { second: Math.floor(now / SECOND_MS) * SECOND_MS, writtenAt: now + late, line };
    this.rows.splice(this.random.between(0, 1) === 0 ? 0 : this.rows.length, 0, row);
  }

  /** Whether nothing that was logged will still come as news to who reads it. */
  get isQuiet(): boolean {
    return this.mode !== 'there' || this.rows.every(({ writtenAt }) => writtenAt + READ_WITHIN_MS <= this.clock.now);
  }

  async rowsBetween({ from, to }: TimeSlice): Promise<LogAnswer> {
    const { now } = this.clock;
    if (this.mode === 'refused') {
      throw new LogNotThereError('403');
    }
    const rows = this.rows
      .filter(({ second, writtenAt }) => second >= from && second <= to && writtenAt <= now)
      .sort((a, b) => a.second - b.second)
      .map(({ line }) => line);
    return { kind: 'rows', rows, now: Math.floor(now / SECOND_MS) * SECOND_MS };
  }
}
