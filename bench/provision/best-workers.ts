import { join } from 'node:path';
import type { StackInputs } from '../../stacks/release';
import { quantile } from '../measurement';
import { inputsOfSize } from '../render/bench-inputs';
import { coldObjects, startCold } from './cold-run';
import { scaleObjects, writeLoadFile } from './scale-objects';

const CANDIDATES = [16, 32, 64, 128] as const;
const ROUNDS = 2;
/** Projects of each try: some two thousand objects. */
const SLICE = 100;

/** How many requests at once the raw loader is quickest with on this machine, by trying. */
export async function bestWorkers(progress: (line: string) => void): Promise<number> {
  const inputs = inputsOfSize(SLICE * CANDIDATES.length * ROUNDS);
  const plane = await startCold(scaleObjects(inputsOfSize(1)));
  try {
    const rates = new Map<number, number[]>(CANDIDATES.map((workers) => [workers, []]));
    for (let round = 0; round < ROUNDS; round++) {
      for (const [index, workers] of CANDIDATES.entries()) {
        const from = (round * CANDIDATES.length + index) * SLICE;
        const file = join(plane.folder, 'slice.jsonl');
        const slice = scaleObjects(sliceOf(inputs, from));
        await writeLoadFile(file, () => coldObjects(slice));
        rates.get(workers)?.push((await plane.loader.load(file, { workers })).objectsPerSecond);
      }
    }
    const ranked = [...rates].map(([workers, all]) => ({ workers, rate: quantile(all, 0.5) }));
    const [best] = ranked.sort((one, other) => other.rate - one.rate);
    progress(`raw loader: ${ranked.map(({ workers, rate }) => `${workers} workers ${rate.toFixed(0)}/s`).join(', ')}`);
    return best?.workers ?? CANDIDATES[0];
  } finally {
    await plane.remove();
  }
}

function sliceOf({ config, requirement }: StackInputs, from: number): StackInputs {
  return { config: { ...config, projects: config.projects.slice(from, from + SLICE) }, requirement };
}
