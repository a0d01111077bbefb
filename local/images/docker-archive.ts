import { createHash } from 'node:crypto';
import { completeFiles, type ImageConfig, type ImageSpec } from './image-spec';
import { TAR_END, tarHeader, tarMember, tarOf, tarPadding, tarSize } from './tar';

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * The image as a docker-archive: a tar of its layers' tars, its configuration and a manifest that names them. Written
 * as it is read, never whole in memory; equal inputs give equal bytes.
 *
 * @param reference `repository:tag` that the image gets where it is imported
 */
export async function* dockerArchive(spec: ImageSpec, reference: string): AsyncGenerator<Buffer> {
  const layers: { file: string; diffId: string }[] = [];
  for (const [index, layer] of spec.layers.entries()) {
    const files = completeFiles(layer);
    const [file, size] = [`layer-${index}.tar`, tarSize(files)];
    const hash = createHash('sha256');
    yield tarHeader({ path: file, kind: 'file', size, mode: 0o644 });
    for await (const chunk of tarOf(files)) {
      hash.update(chunk);
      yield chunk;
    }
    yield tarPadding(size);
    layers.push({ file, diffId: `sha256:${hash.digest('hex')}` });
  }
  const config = Buffer.from(
    JSON.stringify(
      renderConfig(
        spec.config,
        layers.map((layer) => layer.diffId),
      ),
    ),
  );
  const configFile = `${createHash('sha256').update(config).digest('hex')}.json`;
  yield* tarMember(configFile, config);
  const manifest = [{ Config: configFile, RepoTags: [reference], Layers: layers.map((layer) => layer.file) }];
  yield* tarMember('manifest.json', Buffer.from(JSON.stringify(manifest)));
  yield TAR_END;
}

/** An image's configuration in the OCI form. */
export function renderConfig(config: ImageConfig, diffIds: readonly string[]): unknown {
  return {
    architecture: 'amd64',
    os: 'linux',
    config: {
      User: String(config.user),
      Entrypoint: config.entrypoint,
      Env: Object.entries({ PATH, ...config.env }).map(([name, value]) => `${name}=${value}`),
      WorkingDir: config.workingDirectory ?? '/',
    },
    rootfs: { type: 'layers', diff_ids: diffIds },
  };
}
