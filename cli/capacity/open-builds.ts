import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';

/** Small, so that what is cut out of a chunk is garbage before it grows old. */
const CHUNK_BYTES = 1 << 16;

/** Bytes of a file of builds, unpacked when it is gzip, whatever its name. Errors name the file. */
export async function* openBuilds(file: string): AsyncGenerator<Uint8Array> {
  try {
    const isPacked = await isGzip(file);
    const bytes = createReadStream(file, { highWaterMark: CHUNK_BYTES });
    if (isPacked) {
      const unpacked = createGunzip({ chunkSize: CHUNK_BYTES });
      // Its errors arrive at the reader of `unpacked`, which `pipeline` destroys.
      pipeline(bytes, unpacked).catch(() => undefined);
      yield* unpacked;
    } else {
      yield* bytes;
    }
  } catch (error) {
    throw new Error(`builds cannot be read from ${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Whether a file begins as gzip does (RFC 1952). */
async function isGzip(file: string): Promise<boolean> {
  const handle = await open(file);
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await handle.close();
  }
}
