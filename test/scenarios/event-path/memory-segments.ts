import type { Location, SegmentFile, SegmentStore } from '../../../services/gateway/ledger/segment-store';
import { TerminalError } from '../../../services/shared/errors';
import { type Medium, reach } from './link';
import type { Process } from './process';

interface Segment {
  /** What a loss of power leaves. */
  durable: Buffer;
  /** What the next process of the same machine reads. */
  written: Buffer;
  writtenAt: number;
}

/** A disk that outlives processes, and forgets what was not synced when the power goes. */
export class MemoryDisk {
  readonly segments = new Map<number, Segment>();
  holder: Process | undefined;
  /** The next write fails. */
  isBroken = false;
  /** False: a disk that only says that it has synced. */
  syncs = true;
  /** Bytes that a loss of power left behind a good record. */
  tornBytes = 0;

  constructor(readonly medium: Medium) {}

  /** The power goes: of what was not synced a part may be there, and other bytes in place of the rest. */
  losePower(): void {
    const { random, clock } = this.medium;
    for (const segment of this.segments.values()) {
      const unsynced = segment.written.subarray(segment.durable.length);
      const kept = unsynced.subarray(0, random.between(0, unsynced.length));
      const zeros = Buffer.alloc(random.chance(0.3) ? unsynced.length - kept.length : 0);
      segment.durable = Buffer.concat([segment.durable, kept, zeros]);
      segment.written = segment.durable;
      segment.writtenAt = clock.now;
      this.tornBytes += segment.durable.length - (segment.durable.lastIndexOf(0x0a) + 1);
    }
  }
}

/** The disk as one process reaches it. */
export class MemorySegments implements SegmentStore {
  constructor(
    private readonly disk: MemoryDisk,
    private readonly process: Process,
  ) {}

  async lock(): Promise<{ release: () => Promise<void> }> {
    if (this.disk.holder?.isAlive === true) {
      throw new TerminalError('the ledger is in use by another gateway');
    }
    this.disk.holder = this.process;
    return {
      release: async () => {
        this.disk.holder = undefined;
      },
    };
  }

  async list(): Promise<number[]> {
    return [...this.disk.segments.keys()].sort((a, b) => a - b);
  }

  async read(segment: number): Promise<Buffer> {
    return this.find(segment).written;
  }

  async readLocation({ segment, offset, length }: Location): Promise<Buffer> {
    return this.find(segment).written.subarray(offset, offset + length);
  }

  async writtenAt(segment: number): Promise<number> {
    return this.find(segment).writtenAt;
  }

  async create(segment: number, header: Buffer): Promise<void> {
    const { segments, medium } = this.disk;
    await this.process.aliveOnly();
    segments.set(segment, { durable: Buffer.alloc(0), written: header, writtenAt: medium.clock.now });
    await this.step('gateway create');
    this.find(segment).durable = header;
    await this.step('gateway created');
  }

  async open(segment: number): Promise<SegmentFile> {
    return {
      write: async (bytes, position) => {
        await this.process.aliveOnly();
        if (this.disk.isBroken) {
          throw new Error('EIO: i/o error');
        }
        const found = this.find(segment);
        found.written = Buffer.concat([found.written.subarray(0, position), bytes]);
        found.writtenAt = this.disk.medium.clock.now;
        await this.step('gateway write');
      },
      sync: async () => {
        await this.process.aliveOnly();
        if (this.disk.syncs) {
          const found = this.find(segment);
          found.durable = found.written;
        }
        await this.step('gateway sync');
      },
      close: async () => undefined,
    };
  }

  async truncate(segment: number, length: number): Promise<void> {
    const found = this.find(segment);
    found.written = found.written.subarray(0, length);
    found.durable = found.written;
  }

  async remove(segment: number): Promise<void> {
    this.disk.segments.delete(segment);
  }

  async setAside(segment: number): Promise<void> {
    this.disk.segments.delete(segment);
  }

  async removeAside(): Promise<void> {}

  nameOf = (segment: number): string => `segment ${segment}`;

  /** Time that a disk takes, at a point where the process may die. */
  private async step(point: string): Promise<void> {
    const { medium } = this.disk;
    await medium.clock.sleep(medium.random.between(0, 3));
    await reach(medium, this.process, point);
  }

  private find(segment: number): Segment {
    const found = this.disk.segments.get(segment);
    if (found === undefined) {
      throw new Error(`ENOENT: segment ${segment}`);
    }
    return found;
  }
}
