import { copyFileSync, cpSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { logFile, type MakerContext } from './context';
import type { GoPart } from './parts';
import { run } from './run';

const Download = z.object({ Dir: z.string() });

/**
 * Copies Argo Workflows' module out of the module cache and adds the two files its zip lacks:
 *
 * - `signal_linux.go`: upstream it is a symlink to `signal_darwin.go`, and module zips drop symlinks;
 * - `ui/dist/app`: the built web page that `argo` embeds. It cannot be built from package registries, so a small page
 *   takes its place that says so.
 *
 * `go mod download` checks the module against our `go.sum`; the copy is then the main module, so its own `go.sum`
 * pins everything it builds from.
 *
 * @returns the copy's folder
 */
export async function copyModule(
  module: string,
  part: GoPart,
  env: Readonly<Record<string, string>>,
  context: MakerContext,
): Promise<string> {
  const ours = join(__dirname, 'go', part.name);
  const log = logFile(context, `${part.name}-source`);
  context.step('fetching its source');
  await run('go', ['mod', 'download', '-json', module], {
    what: `fetching ${module} ${part.version}`,
    log,
    cwd: ours,
    env,
  });
  // `go: downloading …` lines come before the object.
  const text = readFileSync(log, 'utf8');
  const source = Download.parse(JSON.parse(text.slice(text.indexOf('{')))).Dir;

  const copy = join(context.cache, 'go', 'source', part.name);
  rmSync(copy, { recursive: true, force: true });
  cpSync(source, copy, { recursive: true });
  // The module cache is read-only, and a copy keeps its modes.
  await run('chmod', ['-R', 'u+w', copy], { what: 'making the copied source writable', log: `${log}.chmod` });
  const signals = join(copy, 'workflow', 'executor', 'osspecific');
  copyFileSync(join(signals, 'signal_darwin.go'), join(signals, 'signal_linux.go'));
  mkdirSync(join(copy, 'ui', 'dist', 'app'), { recursive: true });
  copyFileSync(join(ours, 'page', 'index.html'), join(copy, 'ui', 'dist', 'app', 'index.html'));
  return copy;
}
