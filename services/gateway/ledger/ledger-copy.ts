import { TransientError } from '../../shared/errors';
import { decodeFrames } from './decode-frame';
import type { LedgerModel } from './model-ledger';
import type { LedgerPosition } from './model-position';
import type { ClosedSegment } from './plan-retention';
import { type ReadSegments, readSegments, replayAll } from './read-segments';
import type { ReplayOptions } from './replay';
import type { SegmentFile, SegmentStore } from './segment-store';
import { type Chunk, hashPrefix } from './ship-segments';

const LF = 0x0a;

/**
 * A standby's ledger: the leader's, byte for byte, on a disk of its own, with its index in memory. So a standby that
 * takes over begins at once, and every number that readers hold goes on where it was.
 */
export class LedgerCopy {
  private file: SegmentFile | undefined;
  /** The index is of more than there is: segments were set aside. */
  private isStale = false;

  private constructor(
    private readonly store: SegmentStore,
    private readonly options: ReplayOptions,
    private readonly lock: ReadSegments['lock'],
    private model: LedgerModel,
    private closed: ClosedSegment[],
    private position: LedgerPosition,
  ) {}

  /** Takes the store and reads what is there. Rejects with `TerminalError` if it is in use. */
  static async open(store: SegmentStore, options: ReplayOptions): Promise<LedgerCopy> {
    const { lock, model, closed, end } = await readSegments(store, options);
    const copy = new LedgerCopy(store, options, lock, model, closed, end);
    await copy.dropHeadless();
    return copy;
  }

  /** What is on disk ends here; segment 0: nothing is. */
  get end(): LedgerPosition {
    return this.position;
  }

  get isEmpty(): boolean {
    return this.position.segment === 0;
  }

  /** SHA-256 of the last segment. */
  hashEnd(): Promise<string> {
    return hashPrefix(this.store, this.position);
  }

  /** Appends what comes next; resolves when it is on disk. Rejects what is not next, and parts of records. */
  async append({ at, bytes }: Chunk): Promise<void> {
    if (bytes.at(-1) !== LF) {
      throw new TransientError('the leader sent a part of a record');
    }
    await this.refresh();
    if (at.offset === 0 && (this.isEmpty || at.segment === this.position.segment + 1)) {
      await this.begin(at.segment, bytes);
    } else if (at.segment === this.position.segment && at.offset === this.position.offset) {
      this.file ??= await this.store.open(at.segment);
      await this.file.write(bytes, at.offset);
      await this.file.sync();
    } else {
      throw new TransientError(`the leader sent segment ${at.segment} from byte ${at.offset}, which is not next`);
    }
    this.position = { segment: at.segment, offset: at.offset + bytes.length };
    for (const { offset, length, record } of decodeFrames(bytes)) {
      if (record !== 'damaged') {
        this.model.apply(record, { segment: at.segment, offset: at.offset + offset, length });
      }
    }
  }

  /** Forgets the segments before `first`, as the leader has. */
  async forgetBefore(first: number): Promise<void> {
    await this.refresh();
    const old = this.closed.filter(({ segment }) => segment < first);
    if (old.length === 0) {
      return;
    }
    this.closed = this.closed.filter(({ segment }) => segment >= first);
    this.model.dropThrough(first - 1);
    for (const { segment } of old) {
      await this.store.remove(segment);
    }
  }

  /** The last segment is none of the leader's: sets it aside, where people find it until this happens again. */
  async stepBack(): Promise<void> {
    await this.closeFile();
    if (!this.isStale) {
      await this.store.removeAside();
    }
    this.isStale = true;
    await this.store.setAside(this.position.segment);
    const segment = (await this.store.list()).at(-1);
    this.position =
      segment === undefined ? { segment: 0, offset: 0 } : { segment, offset: (await this.store.read(segment)).length };
  }

  /** Gives all of it, the lock included, to the ledger that goes on with it. */
  async handOver(): Promise<ReadSegments> {
    await this.closeFile();
    await this.refresh();
    return { lock: this.lock, model: this.model, closed: this.closed, end: this.position };
  }

  async close(): Promise<void> {
    await this.closeFile();
    await this.lock.release();
  }

  private async refresh(): Promise<void> {
    if (this.isStale) {
      await this.reload();
    }
  }

  private async reload(): Promise<void> {
    const { model, closed, end } = await replayAll(this.store, this.options);
    this.model = model;
    this.closed = closed;
    this.position = end;
    this.isStale = false;
  }

  private async begin(segment: number, bytes: Buffer): Promise<void> {
    await this.closeFile();
    await this.store.create(segment, bytes);
    if (!this.isEmpty) {
      const { segment: last } = this.position;
      this.closed.push({ segment: last, newestAt: await this.store.writtenAt(last) });
    }
  }

  /** A crash left a last segment without its first record: nobody can tell whose it is. */
  private async dropHeadless(): Promise<void> {
    while (!this.isEmpty && this.position.offset === 0) {
      await this.store.remove(this.position.segment);
      await this.reload();
    }
  }

  private async closeFile(): Promise<void> {
    await this.file?.close();
    this.file = undefined;
  }
}
