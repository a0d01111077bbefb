import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { isCurrent, writeStamp } from './stamp';

/** A folder of the cache and what it must have been made from. */
export interface CacheFolder {
  readonly folder: string;
  /** Hash of the inputs (`hashInputs`). */
  readonly inputs: string;
}

export const isReady = ({ folder, inputs }: CacheFolder): boolean => isCurrent(folder, inputs);

/**
 * Makes a folder of the cache so that it is there whole or not at all: `make` fills a folder beside it, which gets
 * its stamp and then its name. What an interrupted run left is removed first.
 *
 * @param make fills the empty folder it is given and returns the files the stamp watches, relative to it
 */
export async function makeFolder(
  target: CacheFolder,
  make: (folder: string) => Promise<readonly string[]>,
): Promise<void> {
  const parent = dirname(target.folder);
  const prefix = `.${basename(target.folder)}.making-`;
  mkdirSync(parent, { recursive: true });
  for (const left of readdirSync(parent)) {
    if (left.startsWith(prefix)) rmSync(join(parent, left), { recursive: true, force: true });
  }
  const making = join(parent, `${prefix}${process.pid}`);
  mkdirSync(making);
  try {
    const files = await make(making);
    writeStamp(making, target.inputs, files, new Date());
    rmSync(target.folder, { recursive: true, force: true });
    renameSync(making, target.folder);
  } catch (error) {
    rmSync(making, { recursive: true, force: true });
    throw error;
  }
}
