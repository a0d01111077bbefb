import type { Location, SegmentFile, SegmentStore } from '../../../../services/gateway/ledger/segment-store';

/** Segments in memory: a volume that outlives its process, and is lost when the object is. */
export class MemoryStore implements SegmentStore {
  private readonly segments = new Map<number, Buffer>();

  async lock(): Promise<{ release: () => Promise<void> }> {
    return { release: async () => undefined };
  }

  async list(): Promise<number[]> {
    return [...this.segments.keys()].sort((one, other) => one - other);
  }

  async read(segment: number): Promise<Buffer> {
    return this.segments.get(segment) ?? Buffer.alloc(0);
  }

  async readLocation({ segment, offset, length }: Location): Promise<Buffer> {
    return (await this.read(segment)).subarray(offset, offset + length);
  }

  async writtenAt(): Promise<number> {
    return 0;
  }

  async create(segment: number, header: Buffer): Promise<void> {
    this.segments.set(segment, header);
  }

  async open(segment: number): Promise<SegmentFile> {
    return {
      write: async (bytes, position) => {
        const before = (await this.read(segment)).subarray(0, position);
        this.segments.set(segment, Buffer.concat([before, bytes]));
      },
      sync: async () => undefined,
      close: async () => undefined,
    };
  }

  async truncate(segment: number, length: number): Promise<void> {
    this.segments.set(segment, (await this.read(segment)).subarray(0, length));
  }

  async remove(segment: number): Promise<void> {
    this.segments.delete(segment);
  }

  setAside(segment: number): Promise<void> {
    return this.remove(segment);
  }

  async removeAside(): Promise<void> {}

  nameOf(segment: number): string {
    return `segment ${segment}`;
  }
}
