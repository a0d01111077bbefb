import { z } from 'zod';

const Entry = z.looseObject({
  version: z.string().optional(),
  dev: z.boolean().optional(),
  optionalDependencies: z.record(z.string(), z.string()).optional(),
});

/** As much of a `package-lock.json` (version 3) as is read here; the rest passes through. */
export const LockFile = z.looseObject({ packages: z.record(z.string(), Entry) });
export type LockFile = z.infer<typeof LockFile>;

const SYSTEMS = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32'];
const PROCESSORS = ['arm', 'arm64', 'ia32', 'loong64', 'mips64el', 'ppc64', 'riscv64', 's390x', 'wasm32', 'x64'];
const LIBRARIES: Readonly<Record<string, string>> = {
  gnu: 'glibc',
  gnueabihf: 'glibc',
  musl: 'musl',
  musleabihf: 'musl',
};

/**
 * Adds the entries that npm leaves out when a registry carries only the builds of one platform: optional dependencies
 * for other platforms. `npm ci` refuses a lock file without them, and never installs them where they do not belong.
 *
 * Pure. Throws when a missing optional dependency names no exact version or no platform: that one is not such a build.
 */
export function completeLockFile(lock: LockFile): LockFile {
  const missing = Object.entries(lock.packages).flatMap(([path, entry]) =>
    Object.entries(entry.optionalDependencies ?? {})
      .filter(([name]) => !isInstalled(lock, path, name))
      .map(([name, version]) => [`node_modules/${name}`, platformEntry(name, version, entry.dev)] as const),
  );
  const packages = { ...lock.packages, ...Object.fromEntries(missing) };
  const sorted = Object.keys(packages).sort((a, b) => (a < b ? -1 : 1));
  return { ...lock, packages: Object.fromEntries(sorted.map((path) => [path, packages[path] ?? {}])) };
}

/** Whether Node would find the package from the one at `path`. */
function isInstalled({ packages }: LockFile, path: string, name: string): boolean {
  const folders = path
    .split('/node_modules/')
    .map((_part, index, parts) => parts.slice(0, index + 1).join('/node_modules/'));
  return ['', ...folders].some((folder) => packages[`${folder === '' ? '' : `${folder}/`}node_modules/${name}`]);
}

function platformEntry(name: string, version: string, dev: boolean | undefined): z.infer<typeof Entry> {
  const words = name.split(/[/-]/);
  const os = words.find((word) => SYSTEMS.includes(word));
  const cpu = words.find((word) => PROCESSORS.includes(word));
  const libc = words.map((word) => LIBRARIES[word]).find((library) => library !== undefined);
  if (!/^\d+\.\d+\.\d+/.test(version) || cpu === undefined) {
    throw new Error(`${name}@${version} is no build for one platform at one version; install it with npm first`);
  }
  return {
    version,
    cpu: [cpu],
    ...(dev === true ? { dev } : {}),
    ...(libc === undefined ? {} : { libc: [libc] }),
    optional: true,
    ...(os === undefined ? {} : { os: [os] }),
  };
}
