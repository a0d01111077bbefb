import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { dockerArchive } from '../../../local/images/docker-archive';
import { executable, type ImageFile, type ImageSpec, text } from '../../../local/images/image-spec';
import { tarHeader, tarOf, tarSize } from '../../../local/images/tar';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'archive-'));
});
afterEach(() => rmSync(root, { recursive: true }));

async function collect(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
  const all: Buffer[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}

function tool(): string {
  const file = join(root, 'tool');
  // Not a multiple of a tar's block.
  writeFileSync(file, 'x'.repeat(70_001));
  return file;
}

function spec(): ImageSpec {
  const base: ImageFile[] = [
    { kind: 'directory', path: '/tmp', mode: 0o1777 },
    { kind: 'symlink', path: '/bin/sh', to: 'tool' },
    text('/etc/passwd', 'root:x:0:0::/:/bin/sh\n'),
    executable('/bin/tool', tool()),
  ];
  return {
    name: 'sample',
    layers: [base, [text('/app/main.js', 'run()')]],
    config: { entrypoint: ['tool'], user: 65532, env: { HOME: '/tmp' } },
  };
}

function unpack(archive: string): string {
  const folder = `${archive}.d`;
  mkdirSync(folder);
  execFileSync('tar', ['-xf', archive, '-C', folder]);
  return folder;
}

describe('dockerArchive', () => {
  async function written() {
    const archive = join(root, 'image.tar');
    writeFileSync(archive, await collect(dockerArchive(spec(), 'localhost/sample:1')));
    const folder = unpack(archive);
    const [manifest] = z
      .tuple([z.object({ Config: z.string(), RepoTags: z.array(z.string()), Layers: z.array(z.string()) })])
      .parse(JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')));
    return { folder, manifest };
  }

  test('tar reads the archive and its layers, with their modes, links and contents', async () => {
    const { folder, manifest } = await written();

    expect(manifest.RepoTags).toEqual(['localhost/sample:1']);
    expect(manifest.Layers).toEqual(['layer-0.tar', 'layer-1.tar']);
    const [base, app] = manifest.Layers.map((layer) => unpack(join(folder, layer)));
    expect(statSync(join(base ?? '', 'tmp')).mode & 0o7777).toBe(0o1777);
    expect(statSync(join(base ?? '', 'bin', 'tool')).mode & 0o777).toBe(0o755);
    expect(statSync(join(base ?? '', 'bin', 'sh')).size).toBe(70_001);
    expect(readFileSync(join(app ?? '', 'app', 'main.js'), 'utf8')).toBe('run()');
  });

  test("the configuration names each layer by its tar's digest, and the user by number", async () => {
    const { folder, manifest } = await written();

    const text = readFileSync(join(folder, manifest.Config), 'utf8');
    const digests = manifest.Layers.map(
      (layer) =>
        `sha256:${createHash('sha256')
          .update(readFileSync(join(folder, layer)))
          .digest('hex')}`,
    );
    expect(JSON.parse(text)).toMatchObject({
      rootfs: { diff_ids: digests },
      config: { User: '65532', Entrypoint: ['tool'], Env: expect.arrayContaining(['HOME=/tmp']) },
    });
    expect(manifest.Config).toBe(`${createHash('sha256').update(text).digest('hex')}.json`);
  });

  test('equal inputs give equal bytes', async () => {
    const first = await collect(dockerArchive(spec(), 'localhost/sample:1'));
    const second = await collect(dockerArchive(spec(), 'localhost/sample:1'));

    expect(first.equals(second)).toBe(true);
  });
});

describe('tarOf', () => {
  test('writes as many bytes as tarSize says', async () => {
    const files = spec().layers[0] ?? [];

    expect(await collect(tarOf(files))).toHaveLength(tarSize(files));
  });
});

describe('tarHeader', () => {
  test('a path over 100 bytes is split where tar joins it again', () => {
    const path = `${'folder/'.repeat(20)}file`;
    const archive = join(root, 'long.tar');
    writeFileSync(
      archive,
      Buffer.concat([tarHeader({ path, kind: 'file', size: 0, mode: 0o644 }), Buffer.alloc(1024)]),
    );

    expect(execFileSync('tar', ['-tf', archive], { encoding: 'utf8' }).trim()).toBe(path);
  });

  test('throws when a path fits no header', () => {
    const header = () => tarHeader({ path: 'x'.repeat(101), kind: 'file', size: 0, mode: 0o644 });

    expect(header).toThrow('path is too long for a tar archive');
  });
});
