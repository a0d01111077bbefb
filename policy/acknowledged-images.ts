import { type Image, type ImageName, imageReference } from '../core/images';

/** References of the images that a stack names in `policy.acknowledgedUnpinnedImages`. */
export function acknowledgedImages(
  images: { readonly [name in ImageName]?: Image | undefined },
  acknowledged: readonly ImageName[],
): ReadonlySet<string> {
  return new Set(
    acknowledged.flatMap((name) => {
      const image = images[name];
      return image === undefined ? [] : [imageReference(image)];
    }),
  );
}
