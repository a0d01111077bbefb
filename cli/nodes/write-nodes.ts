import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import type { Machine } from '../../infra/capacity/config';
import { joinConfigOf, KUBELET_PATCH, kubeletConfigOf } from '../../infra/nodes/kubelet-config';
import { allocatableOf } from '../../infra/nodes/reservations';
import { readStack } from '../../stacks/config/stack-file';

const PROJECT = join(__dirname, '..', '..');

/** What each machine's provisioner needs, by path below the folder of all. Throws for a machine too small to be a node. */
export function renderNodeFiles(machines: readonly Machine[]): Map<string, string> {
  const files = new Map<string, string>();
  for (const machine of machines) {
    allocatableOf(machine);
    files.set(join(machine.name, 'kubelet', KUBELET_PATCH), stringify(kubeletConfigOf(machine)));
    files.set(join(machine.name, 'join.yaml'), stringify(joinConfigOf(machine)));
  }
  return files;
}

/** Writes them for a stack's machines, and says where. Throws when the stack lists none. */
export function writeNodes({ stack, out }: { readonly stack: string; readonly out: string }): void {
  const { config } = readStack(stack, (path) => readFileSync(join(PROJECT, path), 'utf8'));
  if (config.machines.length === 0) {
    throw new Error(
      `stack ${stack} lists no machine; write them under seakeeper:machines in Pulumi.${stack}.yaml, see docs/how-to/add-a-node.md`,
    );
  }
  const files = renderNodeFiles(config.machines);
  for (const [path, text] of files) {
    const file = join(out, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  console.log(`wrote join.yaml and kubelet/${KUBELET_PATCH} of ${config.machines.length} machines to ${out}`);
}
