import { execFile, spawn } from 'node:child_process';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import type { Progress } from '../toolchain/progress';
import type { BuiltImage, BuiltImages } from './build-images';
import { dockerArchive } from './docker-archive';

/** How containerd's client is called: command, then what comes before the subcommand (`-a SOCKET -n k8s.io`). */
export type Ctr = readonly [command: string, ...args: string[]];

/**
 * Imports into containerd what it does not have yet.
 *
 * @returns references of the images that were imported
 */
export async function importImages(
  ctr: Ctr,
  built: Pick<BuiltImages, 'all'>,
  progress: Progress = () => {},
): Promise<string[]> {
  const present = new Set((await listImages(ctr)).map(({ reference }) => reference));
  const missing = built.all.filter(({ reference }) => !present.has(reference));
  for (const image of missing) {
    const startedMs = Date.now();
    const what = `image ${image.reference}`;
    progress({ kind: 'started', what });
    await importImage(ctr, image);
    progress({ kind: 'finished', what, tookMs: Date.now() - startedMs });
  }
  return missing.map(({ reference }) => reference);
}

/** An image as containerd keeps it: a name or an id, and the digest of what it points to. */
export interface StoredImage {
  readonly reference: string;
  readonly digest: string;
}

/** All images containerd has. */
export async function listImages([command, ...args]: Ctr): Promise<StoredImage[]> {
  const { stdout } = await promisify(execFile)(command, [...args, 'images', 'ls']);
  const [, ...rows] = stdout.trim().split('\n');
  return rows.map((row) => {
    const [reference = '', , digest = ''] = row.split(/\s+/);
    return { reference, digest };
  });
}

async function importImage([command, ...args]: Ctr, { spec, reference }: BuiltImage): Promise<void> {
  const child = spawn(command, [...args, 'images', 'import', '-'], { stdio: ['pipe', 'ignore', 'pipe'] });
  const printed: Buffer[] = [];
  child.stderr.on('data', (chunk: Buffer) => printed.push(chunk));
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  // When containerd refuses in the middle, what it printed says more than our broken pipe.
  const written = pipeline(Readable.from(dockerArchive(spec, reference)), child.stdin).catch((error: unknown) => error);
  const [code, failure] = await Promise.all([ended, written]);
  if (code === 0 && failure === undefined) return;
  const said = Buffer.concat(printed).toString('utf8').trim().split('\n').at(-1);
  throw new Error(`containerd did not import ${reference}: ${said || `exit code ${code}`}`, { cause: failure });
}
