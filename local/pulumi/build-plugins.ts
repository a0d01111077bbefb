import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The stand-ins: file name as the engine looks it up on PATH, and entry point under this folder. */
const PLUGINS = [
  { executable: 'pulumi-language-nodejs', entry: 'language-host/main.ts' },
  { executable: 'pulumi-resource-kubernetes', entry: 'kubernetes-provider/main.ts' },
] as const;

/**
 * Builds the stand-ins into `<cache>/pulumi-plugins/<hash>/`, unless they are there, and returns that folder, to be put
 * on PATH. The hash covers their source, the lock file and the Node that will run them.
 */
export async function buildPlugins(cache: string): Promise<string> {
  const parent = join(cache, 'pulumi-plugins');
  const folder = join(parent, await sourceHash());
  if (existsSync(folder)) return folder;

  await mkdir(parent, { recursive: true });
  // Built aside and renamed, so that a folder that exists is complete.
  const unfinished = await mkdtemp(join(parent, '.building-'));
  try {
    await bundle(unfinished);
    for (const { executable } of PLUGINS) await writeLauncher(join(unfinished, executable), folder);
    await rename(unfinished, folder);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
  return folder;
}

async function bundle(outdir: string): Promise<void> {
  const { build } = await import('esbuild');
  await build({
    entryPoints: [
      ...PLUGINS.map(({ executable, entry }) => ({ in: join(__dirname, entry), out: executable })),
      { in: join(__dirname, 'language-host/program-preload.ts'), out: 'program-preload' },
    ],
    outdir,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    sourcemap: 'inline',
    logLevel: 'error',
    // The SDK's generated messages register with the protobuf runtime they were made for: there must be only that one.
    alias: { 'google-protobuf': protobufOfSdk() },
  });
}

function protobufOfSdk(): string {
  const sdk = createRequire(require.resolve('@pulumi/pulumi/package.json'));
  return dirname(sdk.resolve('google-protobuf/package.json'));
}

async function writeLauncher(path: string, folder: string): Promise<void> {
  const program = join(folder, `${path.slice(path.lastIndexOf('/') + 1)}.cjs`);
  const cache = join(folder, 'compile-cache');
  await writeFile(
    path,
    `#!/bin/sh\nNODE_COMPILE_CACHE=${quoted(cache)} exec ${quoted(process.execPath)} --enable-source-maps ${quoted(program)} "$@"\n`,
  );
  await chmod(path, 0o755);
}

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

async function sourceHash(): Promise<string> {
  const root = join(__dirname, '..', '..');
  const sources = (await readdir(__dirname, { recursive: true })).filter((path) => path.endsWith('.ts')).sort();
  const hash = createHash('sha256').update(process.execPath).update(process.version);
  hash.update(await readFile(join(root, 'package-lock.json')));
  for (const path of sources) hash.update(path).update(await readFile(join(__dirname, path)));
  return hash.digest('hex').slice(0, 16);
}
