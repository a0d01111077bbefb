import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tagOf } from '../../../local/images/build-images';
import { FileDigests } from '../../../local/images/file-digests';
import { completeFiles, executable, type ImageSpec, text } from '../../../local/images/image-spec';

describe('completeFiles', () => {
  test('parents come before what lies in them, each path once', () => {
    const files = completeFiles([text('/etc/ssl/cert', 'c'), text('/etc/hosts', 'h'), text('/etc/hosts', 'h')]);

    expect(files.map((file) => file.path)).toEqual(['/etc', '/etc/hosts', '/etc/ssl', '/etc/ssl/cert']);
  });

  test('a folder that is given keeps its mode', () => {
    const files = completeFiles([text('/tmp/x', ''), { kind: 'directory', path: '/tmp', mode: 0o1777 }]);

    expect(files[0]).toEqual({ kind: 'directory', path: '/tmp', mode: 0o1777 });
  });

  test('throws when two different entries claim a path, or a path is relative', () => {
    expect(() => completeFiles([text('/a', '1'), text('/a', '2')])).toThrow('two different entries claim /a');
    expect(() => completeFiles([text('a', '1')])).toThrow('path in an image must be absolute, got "a"');
  });
});

describe('tagOf', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'tag-'));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const digests = () => new FileDigests(join(root, 'digests.json'));
  function spec(file: string, contents: string, changes: Partial<ImageSpec> = {}): ImageSpec {
    const from = join(root, file);
    writeFileSync(from, contents);
    return {
      name: 'sample',
      layers: [[executable('/bin/tool', from)]],
      config: { entrypoint: ['tool'], user: 1 },
      ...changes,
    };
  }

  test('equal contents give equal tags, wherever they lie on the machine', async () => {
    expect(await tagOf(spec('a', 'same'), digests())).toBe(await tagOf(spec('b', 'same'), digests()));
  });

  test('other contents or another configuration give another tag', async () => {
    const tag = await tagOf(spec('a', 'same'), digests());

    expect(await tagOf(spec('a', 'other'), digests())).not.toBe(tag);
    expect(await tagOf(spec('a', 'same', { config: { entrypoint: ['tool'], user: 2 } }), digests())).not.toBe(tag);
  });

  test('the tag begins with the version where there is one', async () => {
    expect(await tagOf(spec('a', 'same', { version: 'v3.7.18' }), digests())).toMatch(/^v3\.7\.18-[0-9a-f]{12}$/);
  });

  test('digests are remembered until the file changes', async () => {
    const first = digests();
    const from = join(root, 'file');
    writeFileSync(from, 'one');
    const one = await first.sha256(from);
    first.save();

    const second = digests();
    expect(await second.sha256(from)).toBe(one);
    writeFileSync(from, 'changed');
    expect(await second.sha256(from)).not.toBe(one);
  });
});
