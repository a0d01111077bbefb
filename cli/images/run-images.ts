import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { IMAGE_NAMES, type ImageName } from '../../core/images';
import { type Resolution, resolveTag } from './registry-client';
import { type Resolutions, renderImages, renderPins } from './render-images';
import { readImages, writeDigests } from './stack-images';

/** Which stack's images, and where its configuration is when that is not `Pulumi.<stack>.yaml`. */
export interface StackFile {
  readonly stack: string;
  readonly configFile?: string;
}

const PROJECT_FOLDER = join(__dirname, '..', '..');

const pathOf = ({ stack, configFile }: StackFile): string => configFile ?? join(PROJECT_FOLDER, `Pulumi.${stack}.yaml`);

/** Prints a stack's images, and which are pinned to a digest. */
export function listImages(stackFile: StackFile): void {
  const { file, text } = read(stackFile);
  process.stdout.write(renderImages(readImages(text, file)));
}

/**
 * Asks each image's registry what its tag stands for and writes that into the stack's configuration. An image whose
 * registry cannot say is left as it was, and named.
 *
 * @returns whether every image is now pinned to what its tag stands for
 */
export async function pinImages(stackFile: StackFile): Promise<boolean> {
  const { file, text } = read(stackFile);
  const images = readImages(text, file);
  const resolutions = await resolveAll((name) => resolveTag(images[name]));
  const digests = new Map<ImageName, string>();
  for (const name of IMAGE_NAMES) {
    const resolution = resolutions[name];
    if (resolution.kind === 'found' && resolution.digest !== images[name].digest) digests.set(name, resolution.digest);
  }
  if (digests.size > 0) {
    // Written aside and renamed: a file cut short would be nobody's configuration.
    writeFileSync(`${file}.new`, writeDigests(text, file, digests));
    renameSync(`${file}.new`, file);
  }
  process.stdout.write(renderPins(images, resolutions));
  return IMAGE_NAMES.every((name) => resolutions[name].kind === 'found');
}

async function resolveAll(resolve: (name: ImageName) => Promise<Resolution>): Promise<Resolutions> {
  const entries = await Promise.all(IMAGE_NAMES.map(async (name) => [name, await resolve(name)] as const));
  return Object.fromEntries(entries) as Record<ImageName, Resolution>;
}

function read(stackFile: StackFile): { file: string; text: string } {
  const file = pathOf(stackFile);
  try {
    return { file, text: readFileSync(file, 'utf8') };
  } catch {
    throw new Error(`there is no ${file}; name a stack whose configuration is there with --stack`);
  }
}
