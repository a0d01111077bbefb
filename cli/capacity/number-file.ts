import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NumberStore } from '../../infra/capacity/demand/event-runs';

/**
 * Numbers on disk, in the folder for temporary files. The file has no name any more once it is open, so the system takes
 * its room back when it is closed, however the process ends. Made when first written to.
 */
export class NumberFile implements NumberStore {
  readonly #folder: string;
  #file: number | undefined;
  #bytes = 0;

  constructor(folder: string = tmpdir()) {
    this.#folder = folder;
  }

  /** Bytes it takes on disk. */
  get size(): number {
    return this.#bytes;
  }

  append(values: Float64Array): void {
    const bytes = bytesOf(values);
    try {
      this.#file ??= openNameless(this.#folder);
      for (let written = 0; written < bytes.length; ) {
        written += writeSync(this.#file, bytes, written, bytes.length - written, this.#bytes + written);
      }
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(
        `builds that memory has no room for cannot be kept in ${this.#folder} (${reason}); 64 bytes a build are needed: set TMPDIR to a folder with room`,
      );
    }
    this.#bytes += bytes.length;
  }

  read(from: number, into: Float64Array): void {
    const bytes = bytesOf(into);
    for (let done = 0; done < bytes.length; ) {
      const read =
        this.#file === undefined ? 0 : readSync(this.#file, bytes, done, bytes.length - done, from * 8 + done);
      if (read === 0)
        throw new Error(`there are ${this.#bytes / 8} numbers, and ${into.length} from ${from} on were asked for`);
      done += read;
    }
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }
}

function openNameless(folder: string): number {
  const own = mkdtempSync(join(folder, 'seakeeper-builds-'));
  try {
    return openSync(join(own, 'events'), 'wx+', 0o600);
  } finally {
    rmSync(own, { recursive: true, force: true });
  }
}

const bytesOf = (values: Float64Array): Uint8Array =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
