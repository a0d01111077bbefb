import { IMAGE_NAMES, type Image, type ImageName, type Images } from '../../core/images';
import type { Resolution } from './registry-client';

/** Renders every image with its digest, or that it has none. */
export function renderImages(images: Images): string {
  return lines(images, ({ digest }) => digest ?? 'unpinned');
}

/** What became of each image when its registry was asked. */
export type Resolutions = Readonly<Record<ImageName, Resolution>>;

/** Renders what pinning did, a line for each image. */
export function renderPins(before: Images, resolutions: Resolutions): string {
  return lines(before, (image, name) => outcome(image, resolutions[name]));
}

function outcome({ digest }: Image, resolution: Resolution): string {
  if (resolution.kind !== 'found') {
    const standing = digest === undefined ? 'stays unpinned' : `keeps ${digest}`;
    return `${standing}: ${resolution.reason}`;
  }
  if (digest === undefined) return `pinned to ${resolution.digest}`;
  return digest === resolution.digest ? `still ${digest}` : `moved from ${digest} to ${resolution.digest}`;
}

function lines(images: Images, says: (image: Image, name: ImageName) => string): string {
  const reference = ({ repository, tag }: Image): string => `${repository}:${tag}`;
  const [nameWidth, referenceWidth] = [
    Math.max(...IMAGE_NAMES.map((name) => name.length)),
    Math.max(...IMAGE_NAMES.map((name) => reference(images[name]).length)),
  ];
  return IMAGE_NAMES.map((name) => {
    const image = images[name];
    return `${name.padEnd(nameWidth)}  ${reference(image).padEnd(referenceWidth)}  ${says(image, name)}\n`;
  }).join('');
}
