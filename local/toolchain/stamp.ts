import { createHash } from 'node:crypto';
import { lstatSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const STAMP_FILE = '.stamp.json';

/**
 * Written last into a finished part's folder. A folder without one, or with other inputs, or whose files changed size,
 * is made again.
 */
export const Stamp = z.strictObject({
  /** Hash of what the part was made from. */
  inputs: z.string(),
  /** Size in bytes of each file the part promises, by path inside its folder. */
  files: z.record(z.string(), z.int().nonnegative()),
  madeAt: z.iso.datetime(),
});
export type Stamp = z.infer<typeof Stamp>;

/** Hash of inputs in the given order: text as it is, or files by their contents. */
export function hashInputs(inputs: readonly (string | { readonly file: string })[]): string {
  const hash = createHash('sha256');
  for (const input of inputs) {
    const content = typeof input === 'string' ? Buffer.from(input) : readFileSync(input.file);
    hash.update(`${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

/** The stamp of a folder; undefined when there is none or it cannot be read as one. */
export function readStamp(folder: string): Stamp | undefined {
  try {
    return Stamp.parse(JSON.parse(readFileSync(join(folder, STAMP_FILE), 'utf8')));
  } catch {
    return undefined;
  }
}

/** Stamps a folder with the present sizes of `files`. */
export function writeStamp(folder: string, inputs: string, files: readonly string[], now: Date): void {
  const sizes = Object.fromEntries(files.map((file) => [file, lstatSync(join(folder, file)).size]));
  const stamp: Stamp = { inputs, files: sizes, madeAt: now.toISOString() };
  writeFileSync(join(folder, STAMP_FILE), `${JSON.stringify(stamp, null, 2)}\n`);
}

/** Whether the folder holds, unchanged in size, everything that was made from these inputs. */
export function isCurrent(folder: string, inputs: string): boolean {
  const stamp = readStamp(folder);
  if (stamp?.inputs !== inputs) return false;
  return Object.entries(stamp.files).every(([file, size]) => {
    const found = lstatSync(join(folder, file), { throwIfNoEntry: false });
    return found?.size === size;
  });
}
