import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { logFile, type MakerContext } from './context';
import { copyModule } from './go-source';
import type { GoPart } from './parts';
import { run } from './run';
import { hashInputs } from './stamp';

const PROJECT = join(__dirname, '../..');

/** The folder with the part's `go.mod` and `go.sum`. */
export const goFolder = (part: GoPart): string =>
  part.folder === undefined ? join(__dirname, 'go', part.name) : join(PROJECT, part.folder);

/** Go's environment for our builds: caches of our own, and never another Go than the machine's. */
export function goEnvironment(cache: string): Record<string, string> {
  return {
    CGO_ENABLED: '0',
    GOFLAGS: '-buildvcs=false',
    GOTOOLCHAIN: 'local',
    GOMODCACHE: join(cache, 'go', 'mod'),
    GOCACHE: join(cache, 'go', 'build'),
    GOWORK: 'off',
  };
}

/** Arguments of `go` that build one binary reproducibly: no paths, no symbol tables, nothing that go.sum does not pin. */
export function goBuildArguments(part: GoPart, packagePath: string, output: string): string[] {
  const variables = Object.entries(part.variables).map(([name, value]) => `-X ${name}=${value}`);
  const linker = ['-s -w', ...variables].join(' ');
  return ['build', '-trimpath', '-mod=readonly', '-ldflags', linker, '-o', output, packagePath];
}

/** Hash of all a Go part is made from. */
export function goInputs(part: GoPart): string {
  const folder = goFolder(part);
  const flags = part.binaries.map((binary) => goBuildArguments(part, binary.package, binary.name));
  const sources = readdirSync(folder).filter((name) => name.endsWith('.go'));
  const files = ['go.mod', 'go.sum', ...sources.sort(), 'page/index.html']
    .map((name) => join(folder, name))
    .filter(existsSync);
  return hashInputs([JSON.stringify(flags), ...files.map((file) => ({ file }))]);
}

/** Builds every binary of the part into `folder`; returns their names. Go's cache makes a repeat after Ctrl-C quick. */
export async function buildGoPart(part: GoPart, folder: string, context: MakerContext): Promise<readonly string[]> {
  const env = goEnvironment(context.cache);
  const cwd = part.copyOf === undefined ? goFolder(part) : await copyModule(part.copyOf, part, env, context);
  for (const [index, binary] of part.binaries.entries()) {
    context.step(`${binary.name}, ${index + 1} of ${part.binaries.length}`);
    await run('go', goBuildArguments(part, binary.package, join(folder, binary.name)), {
      what: `building ${binary.name} ${part.version}`,
      log: logFile(context, binary.name),
      cwd,
      env,
    });
  }
  return part.binaries.map((binary) => binary.name);
}
