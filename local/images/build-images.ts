import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { IMAGE_NAMES, Images } from '../../core/images';
import type { Toolchain } from '../toolchain/toolchain';
import { catalogue } from './catalogue';
import { FileDigests } from './file-digests';
import { completeFiles, type ImageSpec } from './image-spec';
import { bundleServices } from './services-bundle';

/** Where images of the local cluster are named; no registry answers there. */
export const REPOSITORY = 'localhost/seakeeper';
/** Characters of the content hash in a tag. */
const HASH_LENGTH = 12;

/** An image with the name it is imported under. */
export interface BuiltImage {
  readonly spec: ImageSpec;
  /** `localhost/seakeeper/<name>:<tag>`. */
  readonly reference: string;
}

export interface BuiltImages {
  /** What stack config says about images. */
  readonly images: Images;
  /** Reference of the image that holds a pod's namespaces; containerd's configuration names it. */
  readonly pause: string;
  readonly all: readonly BuiltImage[];
}

/**
 * Determines every image of the local cluster and its tag: bundles the services and hashes what is new. Nothing is
 * written but caches; `importImages` writes an image while containerd reads it. Unchanged, it takes well under 300 ms.
 *
 * @param toolchain with every part ready
 */
export async function buildImages(toolchain: Toolchain): Promise<BuiltImages> {
  const bundle = await bundleServices(toolchain.cache);
  const digests = new FileDigests(join(toolchain.cache, 'images', 'digests.json'));
  const tagged: { spec: ImageSpec; repository: string; tag: string }[] = [];
  for (const spec of catalogue(toolchain, bundle)) {
    tagged.push({ spec, repository: `${REPOSITORY}/${spec.name}`, tag: await tagOf(spec, digests) });
  }
  digests.save();

  const byName = new Map(tagged.map(({ spec, repository, tag }) => [spec.name, { repository, tag }]));
  const pause = byName.get('pause');
  if (pause === undefined) throw new Error('the catalogue has no pause image');
  return {
    images: Images.parse(Object.fromEntries(IMAGE_NAMES.map((name) => [name, byName.get(name)]))),
    pause: `${pause.repository}:${pause.tag}`,
    all: tagged.map(({ spec, repository, tag }) => ({ spec, reference: `${repository}:${tag}` })),
  };
}

/** Tag of an image: equal contents and configuration, and only those, give equal tags. */
export async function tagOf(spec: ImageSpec, digests: Pick<FileDigests, 'sha256'>): Promise<string> {
  if (spec.tag !== undefined) return spec.tag;
  const hash = createHash('sha256').update(JSON.stringify(spec.config));
  for (const layer of spec.layers) {
    for (const file of completeFiles(layer)) {
      // Where a file lies on this machine is no part of the image; what is in it is.
      const content = file.kind === 'file' ? { ...file, from: await digests.sha256(file.from) } : file;
      hash.update(JSON.stringify(content));
    }
    hash.update('\n');
  }
  const short = hash.digest('hex').slice(0, HASH_LENGTH);
  return spec.version === undefined ? short : `${spec.version}-${short}`;
}
