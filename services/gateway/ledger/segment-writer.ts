import { messageOf, TerminalError, TransientError } from '../../shared/errors';
import type { LedgerPosition } from './model-position';
import type { Location, SegmentFile, SegmentStore } from './segment-store';

export interface SegmentWriterOptions {
  readonly store: SegmentStore;
  /** Segment to go on writing, and its length in bytes. */
  readonly segment: number;
  readonly position: number;
  /** A segment that has grown beyond this is closed and the next one begun. */
  readonly segmentBytes: number;
  /** First record of a new segment. */
  readonly header: () => Buffer;
  /** Seconds that one write and sync took. */
  readonly onSynced?: (seconds: number) => void;
  /** A write failed: nothing more will be written, and what is on disk must be read afresh by a new process. */
  readonly onFailure: (error: Error) => void;
}

interface Waiting {
  readonly frame: Buffer;
  readonly resolve: (location: Location) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Appends frames to segment files. Everything that arrives during one write goes together into the next: one write,
 * one fdatasync, however many. A promise resolves when its frame is on disk.
 *
 * After a failed sync the kernel may have thrown the pages away, so a retry would prove nothing: it fails for good.
 */
export class SegmentWriter {
  private waiting: Waiting[] = [];
  private running: Promise<void> | undefined;
  /** Cleared in the same turn in which nothing is found waiting, so that nothing can wait unseen. */
  private isDraining = false;
  private failure: Error | undefined;
  private file: SegmentFile | undefined;
  private bytes = 0;
  private segment: number;
  private position: number;

  constructor(private readonly options: SegmentWriterOptions) {
    this.segment = options.segment;
    this.position = options.position;
  }

  /** Number of the segment that is written now. */
  get activeSegment(): number {
    return this.segment;
  }

  /** What is on disk ends here. */
  get end(): LedgerPosition {
    return { segment: this.segment, offset: this.position };
  }

  /** Bytes accepted but not yet on disk. */
  get backlogBytes(): number {
    return this.bytes;
  }

  append(frame: Buffer): Promise<Location> {
    if (this.failure !== undefined) {
      return Promise.reject(this.failure);
    }
    this.bytes += frame.length;
    const written = new Promise<Location>((resolve, reject) => this.waiting.push({ frame, resolve, reject }));
    if (!this.isDraining) {
      this.isDraining = true;
      this.running = this.drain();
    }
    return written;
  }

  /** Accepts nothing more, resolves when all that was accepted is on disk, and closes the file. */
  async close(): Promise<void> {
    this.failure ??= new TransientError('the ledger is closed: the gateway is stopping');
    await this.running;
    await this.file?.close();
    this.file = undefined;
  }

  private async drain(): Promise<void> {
    while (this.waiting.length > 0) {
      const batch = this.waiting;
      this.waiting = [];
      try {
        await this.write(batch);
      } catch (error) {
        this.fail(error, batch);
      }
    }
    this.isDraining = false;
  }

  private async write(batch: readonly Waiting[]): Promise<void> {
    if (this.position >= this.options.segmentBytes) {
      await this.rotate();
    }
    this.file ??= await this.options.store.open(this.segment);
    const bytes = Buffer.concat(batch.map(({ frame }) => frame));
    const started = performance.now();
    await this.file.write(bytes, this.position);
    await this.file.sync();
    this.bytes -= bytes.length;
    for (const { frame, resolve } of batch) {
      resolve({ segment: this.segment, offset: this.position, length: frame.length });
      this.position += frame.length;
    }
    this.options.onSynced?.((performance.now() - started) / 1000);
  }

  private async rotate(): Promise<void> {
    await this.file?.close();
    this.file = undefined;
    const header = this.options.header();
    await this.options.store.create(this.segment + 1, header);
    this.segment += 1;
    this.position = header.length;
  }

  private fail(error: unknown, batch: readonly Waiting[]): void {
    const failure = new TerminalError(
      `ledger segment ${this.options.store.nameOf(this.segment)} cannot be written: ${messageOf(error)}; see that its volume has room and is healthy`,
      { cause: error },
    );
    this.failure = failure;
    for (const { reject } of [...batch, ...this.waiting]) {
      reject(failure);
    }
    this.waiting = [];
    this.options.onFailure(failure);
  }
}
