import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Image, imageReference } from '../../core/images';

/** Example definitions of the documentation. */
const EXAMPLES = join(__dirname, '..', '..', 'docs', 'examples');
const UPSTREAM_IMAGE = /\bbusybox:[\w.-]+/g;

/** Text of a documented example definition, such as `check`. */
export const exampleDefinition = (name: string): string => readFileSync(join(EXAMPLES, `${name}.yaml`), 'utf8');

/**
 * The documented example definition, with the image of this cluster instead of one that a registry would have to
 * serve. Throws when the example names no such image, so that the two cannot drift apart.
 */
export function demoDefinition(busybox: Image, example = exampleDefinition('check')): string {
  if (example.search(UPSTREAM_IMAGE) === -1) {
    throw new Error('the example definition names no image busybox:<tag>; the demo replaces that by the local one');
  }
  return example.replaceAll(UPSTREAM_IMAGE, imageReference(busybox));
}

/** Files of a change that passes the example definition. */
export const goodChange = (says: string): Record<string, string> => ({
  'README.txt': 'A project that Seakeeper tests.\n',
  'test.sh': `echo ${JSON.stringify(says)}\n`,
});
