import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isReady, makeFolder } from '../toolchain/cache-folder';
import { withLock } from '../toolchain/lock';
import { hashInputs } from '../toolchain/stamp';

const ROOT = join(__dirname, '..', '..');
const SERVICES = join(ROOT, 'services');
/** Folders whose files may end up in a bundle. */
const SOURCES = ['services', 'core', 'constructs'];

const OPTIONS = {
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'cjs',
  keepNames: true,
  legalComments: 'none',
  // Optional native helpers of ssh2: it works without, and the image holds no compiled add-ons.
  external: ['cpu-features', '*.node'],
  logLevel: 'silent',
} as const;

/** The services that exist: each folder of `services/` with a `main.ts`. */
export function serviceNames(): string[] {
  return readdirSync(SERVICES)
    .filter((name) => existsSync(join(SERVICES, name, 'main.ts')))
    .sort();
}

/** The services' bundles, one file each. */
export interface ServicesBundle {
  /** Folder with `<service>.js` for each of `names`. */
  readonly folder: string;
  readonly names: readonly string[];
}

/**
 * Bundles each service into one JavaScript file in the cache, unless nothing it is made from changed.
 *
 * @throws Error with every message of the bundler when a service does not bundle
 */
export async function bundleServices(cache: string): Promise<ServicesBundle> {
  const names = serviceNames();
  const files = [...SOURCES.flatMap((folder) => sourceFiles(join(ROOT, folder))), join(ROOT, 'package-lock.json')];
  const inputs = hashInputs([
    JSON.stringify([OPTIONS, names]),
    ...files.flatMap((file) => [file.slice(ROOT.length), { file }]),
  ]);
  const target = { folder: join(cache, 'services', 'bundle'), inputs };
  if (!isReady(target)) {
    // Tests and a start may bundle at the same time; whoever comes second finds it done.
    await withLock(
      join(cache, 'services', 'lock'),
      () => {},
      async () => {
        if (!isReady(target)) await makeFolder(target, (folder) => bundleInto(names, folder));
      },
    );
  }
  return { folder: target.folder, names };
}

/** Bundles the services into `outdir`, one `<service>.js` each; returns the files' names. */
export async function bundleInto(names: readonly string[], outdir: string): Promise<readonly string[]> {
  // Loaded only when needed: an unchanged run has no use for it.
  const { build } = await import('esbuild');
  const entryPoints = Object.fromEntries(names.map((name) => [name, join(SERVICES, name, 'main.ts')]));
  await build({ ...OPTIONS, external: [...OPTIONS.external], entryPoints, outdir });
  return names.map((name) => `${name}.js`);
}

function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
