import { Bell } from './bell';

/** Lines of a feed in order, and where to go on. */
export interface FeedPage<Line> {
  readonly records: Line[];
  readonly next: number;
}

/** All lines of a feed, on disk or not; `upTo` is the number of the last one to tell. */
export interface FeedSource<Line, After> {
  after(after: After, upTo: number, limit: number): FeedPage<Line>;
}

/**
 * A feed as others see it: of its lines only those that are on disk. `After` is a number, the last line that a reader has;
 * or undefined where a reader may ask for no line and the present.
 */
export class DurableFeed<Line, After = number> {
  private readonly bell = new Bell();

  constructor(
    private readonly source: FeedSource<Line, After>,
    /** Number of the last line on disk. */
    private durable: number,
  ) {}

  /** At most `limit` lines after a place, and where to go on. A reader that is ahead (whose volume was lost) begins again. */
  after(after: After, limit: number): FeedPage<Line> {
    return this.source.after(after, this.durable, limit);
  }

  /** Resolves when another line is on disk, or the signal fires. */
  waitForMore(signal: AbortSignal): Promise<void> {
    return this.bell.wait(signal);
  }

  /** The line with this number is on disk. */
  written(seq: number): void {
    this.durable = seq;
    this.bell.ring();
  }

  /** Numbers up to this one are given, to no line. */
  skipTo(seq: number): void {
    this.durable = seq;
  }
}
