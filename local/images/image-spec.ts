/** One entry of an image's file system. Paths are absolute; everything belongs to root. */
export type ImageFile =
  | {
      readonly kind: 'file';
      readonly path: string;
      /** File on this machine whose contents are taken. */
      readonly from: string;
      readonly mode: number;
    }
  | { readonly kind: 'text'; readonly path: string; readonly text: string; readonly mode: number }
  | { readonly kind: 'directory'; readonly path: string; readonly mode: number }
  | { readonly kind: 'symlink'; readonly path: string; readonly to: string };

/** What a container of the image runs unless its pod says otherwise. */
export interface ImageConfig {
  readonly entrypoint: readonly string[];
  /** Numeric user id, so that `runAsNonRoot` can be checked. */
  readonly user: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly workingDirectory?: string;
}

/** An image before it has a tag. */
export interface ImageSpec {
  readonly name: string;
  /**
   * Version of what is in it; the tag begins with it.
   *
   * @default - the tag is the content hash alone
   */
  readonly version?: string;
  /**
   * Exact tag, for an image that is named in fixed configuration.
   *
   * @default - made from version and content
   */
  readonly tag?: string;
  /** File systems laid over each other, the first lowest. What changes often comes last and alone. */
  readonly layers: readonly (readonly ImageFile[])[];
  readonly config: ImageConfig;
}

const EXECUTABLE = 0o755;

/** An executable of this machine, at `path` in the image. */
export const executable = (path: string, from: string): ImageFile => ({ kind: 'file', path, from, mode: EXECUTABLE });

/** A plain file of this machine, at `path` in the image. */
export const plainFile = (path: string, from: string): ImageFile => ({ kind: 'file', path, from, mode: 0o644 });

/** A file with this text. */
export const text = (path: string, contents: string): ImageFile => ({
  kind: 'text',
  path,
  text: contents,
  mode: 0o644,
});

/**
 * The entries with every parent folder made, sorted by path, each path once.
 *
 * @throws when a path is relative, or two different entries claim it
 */
export function completeFiles(files: readonly ImageFile[]): ImageFile[] {
  const byPath = new Map<string, ImageFile>();
  for (const file of files) {
    if (!file.path.startsWith('/')) throw new Error(`path in an image must be absolute, got "${file.path}"`);
    const other = byPath.get(file.path);
    if (other !== undefined && JSON.stringify(other) !== JSON.stringify(file)) {
      throw new Error(`two different entries claim ${file.path} in an image`);
    }
    byPath.set(file.path, file);
  }
  for (const { path } of files) {
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
      const parent = path.slice(0, end);
      if (!byPath.has(parent)) byPath.set(parent, { kind: 'directory', path: parent, mode: EXECUTABLE });
    }
  }
  return [...byPath.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}
