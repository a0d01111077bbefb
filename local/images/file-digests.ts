import { createHash } from 'node:crypto';
import { createReadStream, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';

const Remembered = z.record(z.string(), z.strictObject({ seen: z.string(), sha256: z.string() }));

/** SHA-256 of files, remembered by path for as long as size, times and inode stay: images are large and rarely change. */
export class FileDigests {
  private readonly file: string;
  private readonly remembered: z.infer<typeof Remembered>;
  private changed = false;

  /** @param file where digests are remembered; absent or unreadable: nothing is */
  constructor(file: string) {
    this.file = file;
    this.remembered = readRemembered(file);
  }

  async sha256(path: string): Promise<string> {
    const { size, mtimeMs, ctimeMs, ino } = statSync(path);
    const seen = [size, mtimeMs, ctimeMs, ino].join(' ');
    const known = this.remembered[path];
    if (known?.seen === seen) return known.sha256;
    const hash = createHash('sha256');
    await pipeline(createReadStream(path), hash);
    const sha256 = hash.digest('hex');
    this.remembered[path] = { seen, sha256 };
    this.changed = true;
    return sha256;
  }

  /** Writes what was learnt. */
  save(): void {
    if (!this.changed) return;
    mkdirSync(dirname(this.file), { recursive: true });
    const next = `${this.file}.${process.pid}`;
    writeFileSync(next, JSON.stringify(this.remembered));
    renameSync(next, this.file);
    this.changed = false;
  }
}

function readRemembered(file: string): z.infer<typeof Remembered> {
  try {
    return Remembered.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return {};
  }
}
