import { execFileSync } from 'node:child_process';
import { executable, type ImageFile } from './image-spec';

/**
 * Paths of the libraries, the loader among them, that `ldd` says a binary is loaded with; none for a static one.
 *
 * @throws when a library is missing
 */
export function parseLdd(binary: string, output: string): string[] {
  const libraries: string[] = [];
  for (const line of output.split('\n')) {
    if (/=> not found/.test(line)) throw new Error(`${binary} needs a library that is not here: ${line.trim()}`);
    // `libz.so.1 => /lib/…/libz.so.1 (0x…)`, or the loader alone: `/lib64/ld-linux-x86-64.so.2 (0x…)`. The kernel's
    // own linux-vdso has no path.
    const path = /(?:=> |^\s*)(\/\S+) \(0x/.exec(line)?.[1];
    if (path !== undefined) libraries.push(path);
  }
  return libraries;
}

/** The libraries a binary of this machine is loaded with, at the paths where its loader looks for them. */
export function librariesOf(binary: string): ImageFile[] {
  let output: string;
  try {
    output = execFileSync('ldd', [binary], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    // ldd ends with 1 for what is not dynamic.
    if (error instanceof Error && 'stderr' in error && String(error.stderr).includes('not a dynamic executable'))
      return [];
    throw error;
  }
  return parseLdd(binary, output).map((path) => executable(path, path));
}
