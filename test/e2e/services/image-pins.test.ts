import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { IMAGE_NAMES, type ImageName, Images } from '../../../core/images';
import { freeAddress } from '../../../local/gerrit/free-address';
import { ImageRegistry } from '../support/image-registry';

jest.setTimeout(120_000);

let registry: ImageRegistry;
let folder: string;
let file: string;

beforeAll(async () => {
  registry = await ImageRegistry.start();
  folder = mkdtempSync(join(tmpdir(), 'seakeeper-pins-'));
  file = join(folder, 'Pulumi.mine.yaml');
}, 1_800_000);

afterAll(async () => {
  await registry.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Writes a stack whose images are all at the registry, but for those named otherwise. */
function writeStack(others: Partial<Record<ImageName, string>> = {}): string {
  const lines = IMAGE_NAMES.map((name) => {
    const repository = others[name] ?? `${registry.host}/seakeeper/${name}`;
    return `    ${name}: { repository: '${repository}', tag: v1 } # ${name} of ours`;
  });
  const text = `# A stack for this test.\nconfig:\n  seakeeper:images:\n${lines.join('\n')}\n  seakeeper:layers: [foundation]\n`;
  writeFileSync(file, text);
  return text;
}

const pushAll = async (says: string): Promise<Map<ImageName, string>> => {
  const digests = new Map<ImageName, string>();
  for (const name of IMAGE_NAMES) digests.set(name, await registry.push(`seakeeper/${name}`, 'v1', `${name} ${says}`));
  return digests;
};

/** `npm run images -- ARGS`, as people run it. */
function images(...args: string[]): Promise<{ code: number; lines: string[]; errors: string }> {
  return new Promise((resolve) => {
    execFile('npm', ['run', '--silent', 'images', '--', '--config-file', file, ...args], (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), lines: stdout.trim().split('\n'), errors: stderr }),
    );
  });
}

const line = (lines: readonly string[], name: ImageName): string =>
  lines.find((each) => each.startsWith(`${name} `)) ?? `no line of ${name}`;

const written = (): Images => Images.parse(parse(readFileSync(file, 'utf8')).config['seakeeper:images']);

describe('npm run images', () => {
  test('lists unpinned images as unpinned, and pins them to what the registry says', async () => {
    const digests = await pushAll('first');
    const before = writeStack();
    expect(line((await images()).lines, 'nats')).toMatch(/unpinned$/);

    const { code, lines } = await images('--pin');

    expect(line(lines, 'nats')).toContain(`pinned to ${digests.get('nats')}`);
    expect(code).toBe(0);
    for (const name of IMAGE_NAMES) expect(written()[name].digest).toBe(digests.get(name));
    // Every comment and quote is where it was.
    expect(readFileSync(file, 'utf8').replace(/, digest: sha256:[0-9a-f]{64}/g, '')).toBe(before);
    expect(line((await images()).lines, 'nats')).toMatch(new RegExp(`${digests.get('nats')}$`));
  });

  test('pins again what moved, and leaves the rest alone', async () => {
    const first = await pushAll('before');
    writeStack();
    await images('--pin');
    const moved = await registry.push('seakeeper/nats', 'v1', 'another image');

    const { code, lines } = await images('--pin');

    expect(code).toBe(0);
    expect(line(lines, 'nats')).toContain(`moved from ${first.get('nats')} to ${moved}`);
    expect(line(lines, 'minio')).toContain(`still ${first.get('minio')}`);
    expect(written().nats.digest).toBe(moved);
    expect(written().minio.digest).toBe(first.get('minio'));
  });

  test('says which tag the registry does not have and which registry does not answer, invents nothing, and fails', async () => {
    await pushAll('some');
    const nobody = await freeAddress();
    writeStack({
      git: `${registry.host}/seakeeper/no-such-image`,
      busybox: `${nobody.host}:${nobody.httpPort}/busybox`,
    });

    const { code, lines } = await images('--pin');

    expect(code).toBe(1);
    expect(line(lines, 'git')).toContain(
      `stays unpinned: the registry has no ${registry.host}/seakeeper/no-such-image:v1`,
    );
    expect(line(lines, 'busybox')).toMatch(/stays unpinned: 127\.\S+: .*ECONNREFUSED/);
    expect(written().git.digest).toBeUndefined();
    expect(written().busybox.digest).toBeUndefined();
    expect(written().nats.digest).toMatch(/^sha256:/);
  });

  test('names a stack file that is not there, and a file without images', async () => {
    rmSync(file);
    expect((await images('--pin')).errors).toContain(`there is no ${file}`);
    writeFileSync(file, 'config: {}\n');
    expect((await images('--pin')).errors).toContain(`${file} has no seakeeper:images`);
  });
});
