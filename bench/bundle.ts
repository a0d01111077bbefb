import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const OPTIONS = ['--bundle', '--platform=node', '--target=node24', '--format=cjs', '--log-level=error'];
/** Optional native helpers, which no image holds. */
const EXTERNAL = ['--external:cpu-features', '--external:*.node'];

/** Bundles a program into one file, as in the image, so that neither its start nor its memory is that of a TypeScript loader. */
export async function bundle(entry: string, outfile: string): Promise<void> {
  // The command and not the library, which does not work inside of jest: its arrays are of another realm there.
  const esbuild = require.resolve('esbuild/bin/esbuild');
  await promisify(execFile)(esbuild, [entry, ...OPTIONS, ...EXTERNAL, `--outfile=${outfile}`]);
}
