import { join } from 'node:path';
import { logFile, type MakerContext } from './context';
import type { PythonPart } from './parts';
import { run } from './run';
import { hashInputs } from './stamp';

/** File that pins a Python part and everything it needs, each with the SHA-256 of its wheel. */
const requirementsFile = (part: PythonPart): string => join(__dirname, 'python', part.name, 'requirements.txt');

/** Hash of what a Python part is made of. */
export const pythonInputs = (part: PythonPart): string => hashInputs([{ file: requirementsFile(part) }]);

/**
 * Installs a Python program with all it needs into `folder`, which is then its `PYTHONPATH`: unlike a virtual environment
 * it may be moved. Returns the file of its module.
 */
export async function installPythonPart(
  part: PythonPart,
  folder: string,
  context: MakerContext,
): Promise<readonly string[]> {
  context.step('installing wheels');
  const pinned = ['--require-hashes', '--only-binary=:all:', '--no-deps', '-r', requirementsFile(part)];
  await run('python3', ['-m', 'pip', 'install', '--quiet', '--no-compile', '--target', folder, ...pinned], {
    what: `installing ${part.name} ${part.version}`,
    log: logFile(context, part.name),
  });
  return [`${part.module.replaceAll('.', '/')}.py`];
}
