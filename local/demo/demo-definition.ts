import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Image, imageReference } from '../../core/images';

const EXAMPLE = join(__dirname, '..', '..', 'docs', 'examples', 'check.yaml');
const UPSTREAM_IMAGE = /image: busybox:\S+/g;

/**
 * The documented example definition, with the image of this cluster instead of one that a registry would have to
 * serve. Throws when the example names no such image, so that the two cannot drift apart.
 */
export function demoDefinition(busybox: Image, example = readFileSync(EXAMPLE, 'utf8')): string {
  if (!UPSTREAM_IMAGE.test(example)) {
    throw new Error('docs/examples/check.yaml names no image busybox:<tag>; the demo replaces that by the local one');
  }
  return example.replaceAll(UPSTREAM_IMAGE, `image: ${imageReference(busybox)}`);
}

/** Files of a change that passes the example definition. */
export const goodChange = (says: string): Record<string, string> => ({
  'README.txt': 'A project that Seakeeper tests.\n',
  'test.sh': `echo ${JSON.stringify(says)}\n`,
});
