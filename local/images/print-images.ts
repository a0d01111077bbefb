import { createWriteStream, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { lineProgress } from '../toolchain/progress';
import { ensureToolchain } from '../toolchain/toolchain';
import { buildImages } from './build-images';
import { dockerArchive } from './docker-archive';

/**
 * Builds the images of the local cluster and prints the reference of each.
 *
 * @param folder when given, each image is also written there as a docker-archive that `docker load`, `podman load` or
 * `ctr images import` reads
 */
export async function printImages(folder?: string): Promise<void> {
  const { all } = await buildImages(await ensureToolchain(undefined, lineProgress(process.stderr)));
  for (const { spec, reference } of all) {
    process.stdout.write(`${reference}\n`);
    if (folder === undefined) continue;
    mkdirSync(folder, { recursive: true });
    const file = join(folder, `${spec.name}.tar`);
    await pipeline(Readable.from(dockerArchive(spec, reference)), createWriteStream(file));
  }
}
