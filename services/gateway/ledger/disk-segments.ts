import { type FileHandle, mkdir, open, readdir, readFile, rename, stat, truncate, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { lockDirectory } from './directory-lock';
import type { Location, SegmentFile, SegmentStore } from './segment-store';

const NAME = /^(\d{8})\.ledger$/;
const ASIDE = '.superseded';

/** Segments as files of one directory. */
export class DiskSegments implements SegmentStore {
  constructor(private readonly directory: string) {}

  async lock(): Promise<{ release: () => Promise<void> }> {
    await mkdir(this.directory, { recursive: true, mode: 0o700 });
    return lockDirectory(this.directory);
  }

  async list(): Promise<number[]> {
    const names = await readdir(this.directory);
    return names
      .map((name) => NAME.exec(name)?.[1])
      .filter((number) => number !== undefined)
      .map(Number)
      .sort((a, b) => a - b);
  }

  read(segment: number): Promise<Buffer> {
    return readFile(this.nameOf(segment));
  }

  async readLocation({ segment, offset, length }: Location): Promise<Buffer> {
    const handle = await open(this.nameOf(segment), 'r');
    try {
      const bytes = Buffer.alloc(length);
      await handle.read(bytes, 0, length, offset);
      return bytes;
    } finally {
      await handle.close();
    }
  }

  async writtenAt(segment: number): Promise<number> {
    return (await stat(this.nameOf(segment))).mtimeMs;
  }

  async create(segment: number, header: Buffer): Promise<void> {
    const handle = await open(this.nameOf(segment), 'wx', 0o600);
    try {
      await writeAll(handle, header, 0);
      await handle.sync();
    } finally {
      await handle.close();
    }
    const folder = await open(this.directory, 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  }

  async open(segment: number): Promise<SegmentFile> {
    const handle = await open(this.nameOf(segment), 'r+');
    return {
      write: (bytes, position) => writeAll(handle, bytes, position),
      sync: () => handle.datasync(),
      close: () => handle.close(),
    };
  }

  truncate(segment: number, length: number): Promise<void> {
    return truncate(this.nameOf(segment), length);
  }

  remove(segment: number): Promise<void> {
    return unlink(this.nameOf(segment));
  }

  setAside(segment: number): Promise<void> {
    return rename(this.nameOf(segment), `${this.nameOf(segment)}${ASIDE}`);
  }

  async removeAside(): Promise<void> {
    const names = await readdir(this.directory);
    for (const name of names.filter((each) => each.endsWith(ASIDE))) {
      await unlink(join(this.directory, name));
    }
  }

  nameOf(segment: number): string {
    return join(this.directory, `${String(segment).padStart(8, '0')}.ledger`);
  }
}

async function writeAll(handle: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let written = 0; written < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, written, bytes.length - written, position + written);
    written += bytesWritten;
  }
}
