import { z } from 'zod';

/** Every image the system runs, by the name the rest of the code uses. */
export const IMAGE_NAMES = [
  'services',
  'workflow-controller',
  'argoexec',
  'argo-server',
  'argo-events',
  'nats',
  'minio',
  'mc',
  'git',
  'busybox',
] as const;
export type ImageName = (typeof IMAGE_NAMES)[number];

export const Image = z.strictObject({
  repository: z.string().min(1).describe('Registry and path.'),
  tag: z.string().min(1).describe('Tag, for people to read once a digest stands beside it.'),
  digest: z
    .string()
    .regex(/^sha256:[0-9a-f]{64}$/, 'must be sha256: and 64 hex digits')
    .optional()
    .describe(
      'Content digest; `npm run images -- --pin` writes it. Absent: whoever can move the tag decides what runs, so a policy refuses it unless `policy` acknowledges the image.',
    ),
});
export type Image = z.infer<typeof Image>;

export const Images = z.strictObject(
  Object.fromEntries(IMAGE_NAMES.map((name) => [name, Image])) as Record<ImageName, typeof Image>,
);
export type Images = z.infer<typeof Images>;

/** What a pod spec says: `repository:tag`, and `@digest` when pinned. */
export function imageReference(image: Image): string {
  return `${image.repository}:${image.tag}${image.digest === undefined ? '' : `@${image.digest}`}`;
}
