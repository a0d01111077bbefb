import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeToolchain } from '../../local/toolchain/toolchain';
import { timeCommand } from '../time-command';
import { stackObjects } from './stack-objects';

/** What a preview is compared with. */
export const KUBECTL_DIFF = 'kubectl diff --server-side of the same objects';

/** `kubectl diff` says with its exit code whether there are differences; either is an answer. */
const EXIT_CODES = [0, 1];

/** `kubectl diff` of a stack's objects, ready to be timed. */
export interface KubectlDiff {
  time(): Promise<number>;
  remove(): Promise<void>;
}

/** Prepares it from an exported stack. The file holds secrets: its folder is ours alone, and goes with `remove`. */
export async function prepareKubectlDiff(exported: unknown, kubeconfig: string): Promise<KubectlDiff> {
  const folder = await mkdtemp(join(tmpdir(), 'seakeeper-objects-'));
  const file = join(folder, 'objects.json');
  const items = stackObjects(exported);
  await writeFile(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items }), { mode: 0o600 });
  const command = [
    describeToolchain().binary('kubectl'),
    `--kubeconfig=${kubeconfig}`,
    ...['diff', '--server-side', '--force-conflicts', '--field-manager=seakeeper-bench', `--filename=${file}`],
  ];
  return {
    time: () => timeCommand(command, EXIT_CODES),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
