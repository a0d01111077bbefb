import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { REPOSITORY } from './build-images';
import { type Ctr, listImages, type StoredImage } from './import-images';

/**
 * References to remove, of all that containerd has: of earlier builds, which are in our repository and not wanted now, and
 * ids (`sha256:…`, which containerd's CRI part adds to each image and leaves behind) of images without a name. Pure.
 */
export function planPrune(
  present: readonly StoredImage[],
  wanted: readonly { readonly reference: string }[],
): string[] {
  const keep = new Set(wanted.map(({ reference }) => reference));
  const named = present.filter(({ reference }) => !isId(reference));
  const stale = new Set(
    named.filter(({ reference }) => reference.startsWith(`${REPOSITORY}/`) && !keep.has(reference)),
  );
  const kept = new Set(named.filter((image) => !stale.has(image)).map(({ digest }) => digest));
  const nameless = present.filter(({ reference, digest }) => isId(reference) && !kept.has(digest));
  return [...stale, ...nameless].map(({ reference }) => reference).sort();
}

function isId(reference: string): boolean {
  return reference.startsWith('sha256:');
}

/**
 * Removes images of earlier builds: nobody else does, since the kubelet must not collect images it cannot pull again.
 * Call it when nothing starts from them any more.
 */
export async function pruneImages(ctr: Ctr, wanted: readonly { readonly reference: string }[]): Promise<string[]> {
  const stale = planPrune(await listImages(ctr), wanted);
  if (stale.length > 0) {
    const [command, ...args] = ctr;
    await promisify(execFile)(command, [...args, 'images', 'rm', ...stale]);
  }
  return stale;
}
