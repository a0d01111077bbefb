import type { ProcessSpec } from './process-spec';

/**
 * Processes in layers: everything in a layer may start at once, when all layers before it are ready.
 *
 * @throws if a process comes after one that does not exist, or after itself through others.
 */
export function startLayers(specs: readonly Pick<ProcessSpec, 'name' | 'after'>[]): string[][] {
  const names = new Set(specs.map((spec) => spec.name));
  for (const spec of specs) {
    for (const name of spec.after) {
      if (!names.has(name)) {
        throw new Error(`process '${spec.name}' comes after '${name}', which is not in the plan`);
      }
    }
  }
  const layers: string[][] = [];
  const placed = new Set<string>();
  while (placed.size < specs.length) {
    const layer = specs
      .filter((spec) => !placed.has(spec.name) && spec.after.every((name) => placed.has(name)))
      .map((spec) => spec.name);
    if (layer.length === 0) {
      const stuck = specs.filter((spec) => !placed.has(spec.name)).map((spec) => spec.name);
      throw new Error(`processes come after each other in a circle: ${stuck.join(', ')}`);
    }
    for (const name of layer) {
      placed.add(name);
    }
    layers.push(layer);
  }
  return layers;
}

/** The layers in which to stop: what others stand on goes last. */
export function stopLayers(specs: readonly Pick<ProcessSpec, 'name' | 'after'>[]): string[][] {
  return startLayers(specs).reverse();
}
