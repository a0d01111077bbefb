import * as pulumi from '@pulumi/pulumi';
import { z } from 'zod';
import type { ClusterConfig, Layer } from './config/schema';

/** Version of what a layer promises the layers above it: names of namespaces, accounts, roles and the store. */
export const LAYER_CONTRACT = 1;

/** Layers each layer stands on. */
const NEEDS: Readonly<Record<Layer, readonly Layer[]>> = {
  foundation: [],
  system: ['foundation'],
  ui: ['foundation', 'system'],
};

const LayerPromise = z.object({ version: z.number(), layers: z.array(z.string()) });

/** Layers a stack needs and does not carry. */
export function foreignLayers(carried: readonly Layer[]): Layer[] {
  const needed = new Set(carried.flatMap((layer) => NEEDS[layer]));
  return [...needed].filter((layer) => !carried.includes(layer));
}

/**
 * Reads by StackReference what the layers this stack does not carry promise. Throws when no stack is named for one, or
 * the named one carries another layer or speaks another version.
 */
export async function checkForeignLayers(config: ClusterConfig): Promise<void> {
  for (const layer of foreignLayers(config.layers)) {
    const stack = config.layerStacks[layer];
    if (stack === undefined) {
      throw new pulumi.RunError(
        `this stack carries ${config.layers.join(', ')} but not ${layer}, which they stand on; name the stack that does in seakeeper:layerStacks.${layer}`,
      );
    }
    const details = await new pulumi.StackReference(stack).getOutputDetails('contract');
    const promised = LayerPromise.safeParse(details.value);
    if (!promised.success || !promised.data.layers.includes(layer)) {
      throw new pulumi.RunError(
        `stack ${stack} does not carry layer ${layer}; run \`pulumi up\` on it first, or correct seakeeper:layerStacks.${layer}`,
      );
    }
    if (promised.data.version !== LAYER_CONTRACT) {
      throw new pulumi.RunError(
        `layer ${layer} of stack ${stack} has contract ${promised.data.version}, this program needs ${LAYER_CONTRACT}; update both stacks from one revision`,
      );
    }
  }
}
