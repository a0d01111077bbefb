import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Where a record lies. Bytes. */
export interface Location {
  readonly segment: number;
  readonly offset: number;
  readonly length: number;
}

const NAME = /^(\d{8})\.ledger$/;

/** Path of a segment. Segments are numbered from 1, never named by a clock. */
export function segmentPath(directory: string, segment: number): string {
  return join(directory, `${String(segment).padStart(8, '0')}.ledger`);
}

/** Numbers of the segments in a directory, ascending. */
export async function listSegments(directory: string): Promise<number[]> {
  const names = await readdir(directory);
  return names
    .map((name) => NAME.exec(name)?.[1])
    .filter((number) => number !== undefined)
    .map(Number)
    .sort((a, b) => a - b);
}

/** The bytes of one record. */
export async function readLocation(directory: string, location: Location): Promise<Buffer> {
  const handle = await open(segmentPath(directory, location.segment), 'r');
  try {
    const bytes = Buffer.alloc(location.length);
    await handle.read(bytes, 0, location.length, location.offset);
    return bytes;
  } finally {
    await handle.close();
  }
}
