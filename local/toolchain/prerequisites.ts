import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { CureError } from './cure-error';
import { findCommand } from './system-part';
import { MINIMUM_GO } from './versions';

/** Disk a Go part may take while it is built for the first time: modules, compiled packages, binaries. */
const GIBIBYTES_PER_GO_PART = 2;
const GIBIBYTE = 1024 ** 3;

/**
 * What the machine must have for the local node, whatever is cached.
 *
 * @throws CureError naming the first thing missing
 */
export function checkNode(): void {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new CureError(
      `the local cluster runs on Linux on x86-64, this is ${process.platform} on ${process.arch}`,
      'use such a machine, or a cluster of your own: npm start -- --context NAME',
    );
  }
  if (process.getuid?.() !== 0) {
    throw new CureError(
      `the local cluster must be started as root (it makes a network namespace and runs containerd), not as user ${process.getuid?.()}`,
      'run it with sudo, or use a cluster of your own: npm start -- --context NAME',
    );
  }
  if (!hasFileSystem('overlay')) {
    throw new CureError('the kernel has no overlay file system', 'run "modprobe overlay" or use a kernel that has it');
  }
}

function hasFileSystem(name: string): boolean {
  const listed = () => readFileSync('/proc/filesystems', 'utf8').includes(`\t${name}\n`);
  if (listed()) return true;
  const modprobe = findCommand('modprobe');
  if (modprobe === undefined) return false;
  try {
    execFileSync(modprobe, [name], { stdio: 'ignore' });
  } catch {
    return false;
  }
  return listed();
}

/** Whether a `go version` text names at least `minimum` (`1.26`); development versions count as new enough. */
export function isGoRecentEnough(goVersion: string, minimum: string): boolean {
  const found = /\bgo(\d+)\.(\d+)/.exec(goVersion);
  if (found === null) return goVersion.includes('devel');
  const [major, minor] = [Number(found[1]), Number(found[2])];
  const [leastMajor = 0, leastMinor = 0] = minimum.split('.').map(Number);
  return major > leastMajor || (major === leastMajor && minor >= leastMinor);
}

/**
 * What building Go parts needs: Go, and disk for `count` parts.
 *
 * @throws CureError naming the first thing missing
 */
export function checkGoBuild(cache: string, count: number): void {
  const cure = `install Go ${MINIMUM_GO} or newer and put it on PATH`;
  const go = findCommand('go');
  if (go === undefined) throw new CureError('Go was not found', cure);
  const version = execFileSync(go, ['version'], { encoding: 'utf8', env: { ...process.env, GOTOOLCHAIN: 'local' } });
  if (!isGoRecentEnough(version, MINIMUM_GO)) throw new CureError(`${go} is ${version.trim()}`, cure);

  let folder = cache;
  while (!existsSync(folder)) folder = dirname(folder);
  const { bavail, bsize } = statfsSync(folder);
  const freeGiB = Math.floor((bavail * bsize) / GIBIBYTE);
  const neededGiB = count * GIBIBYTES_PER_GO_PART;
  if (freeGiB < neededGiB) {
    throw new CureError(
      `${cache} is on a disk with ${freeGiB} GiB free, building what is missing takes up to ${neededGiB} GiB`,
      'free some space, or set XDG_CACHE_HOME to a folder on another disk',
    );
  }
}
