import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROJECT_FOLDER } from '../../../local/pulumi/local-stack';
import { runPulumi } from '../../../local/pulumi/run-pulumi';
import { describeToolchain } from '../../../local/toolchain/toolchain';
import { paths } from './system';

/** The CLI's exit code and everything it said. */
export interface PulumiOutcome {
  readonly code: number;
  readonly output: string;
}

/** Runs the Pulumi CLI on stack `local`, as `npm run pulumi` does. */
export async function pulumi(
  args: readonly string[],
  options: { projectFolder?: string; state?: string } = {},
): Promise<PulumiOutcome> {
  const lines: string[] = [];
  const code = await runPulumi({
    args,
    paths: { cache: paths.cache, pulumi: options.state ?? paths.pulumi },
    cli: describeToolchain().binary('pulumi'),
    output: (line) => void lines.push(line),
    ...(options.projectFolder === undefined ? {} : { projectFolder: options.projectFolder }),
  });
  return { code, output: lines.join('\n') };
}

/**
 * The project with a changed configuration of stack `local`, in a folder of its own: what a pull request to stack
 * config looks like to the CLI. Remove it with `remove`.
 */
export function stackCopy(change: (committed: string) => string): { folder: string; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'seakeeper-stack-'));
  const file = 'Pulumi.local.yaml';
  for (const name of readdirSync(PROJECT_FOLDER)) {
    if (name !== file && name !== '.git') {
      symlinkSync(join(PROJECT_FOLDER, name), join(folder, name));
    }
  }
  const committed = readFileSync(join(PROJECT_FOLDER, file), 'utf8');
  const changed = change(committed);
  if (changed === committed) {
    throw new Error(`${file} was not changed; the test would show nothing`);
  }
  writeFileSync(join(folder, file), changed);
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
