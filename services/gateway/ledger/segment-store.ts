/** Where a record lies. Bytes. */
export interface Location {
  readonly segment: number;
  readonly offset: number;
  readonly length: number;
}

/** A segment that is being written. */
export interface SegmentFile {
  /** Resolves when all bytes are written, which does not mean that they outlive a loss of power. */
  write(bytes: Buffer, position: number): Promise<void>;
  /** Resolves when all that was written outlives a loss of power. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** Where segments are kept: the ledger's only way to a disk. Segments are numbered from 1, never named by a clock. */
export interface SegmentStore {
  /** Holds it for this process until `release`. Rejects with `TerminalError` when another live process does. */
  lock(): Promise<{ release: () => Promise<void> }>;
  /** Numbers of the segments there are, ascending. */
  list(): Promise<number[]>;
  read(segment: number): Promise<Buffer>;
  /** The bytes of one record. */
  readLocation(location: Location): Promise<Buffer>;
  /** When a segment was last written; milliseconds since 1970. */
  writtenAt(segment: number): Promise<number>;
  /** Makes a segment that holds `header`, and its name, durable. Rejects when it is there. */
  create(segment: number, header: Buffer): Promise<void>;
  open(segment: number): Promise<SegmentFile>;
  /** Cuts a segment off after so many bytes. */
  truncate(segment: number, length: number): Promise<void>;
  remove(segment: number): Promise<void>;
  /** Takes a segment out of the way without deleting it: no part of the ledger any more, but there for people. */
  setAside(segment: number): Promise<void>;
  /** Deletes what was set aside. */
  removeAside(): Promise<void>;
  /** What people call a segment, for logs and errors. */
  nameOf(segment: number): string;
}
