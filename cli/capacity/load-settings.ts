import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RequirementInputs, SystemWorkload } from '../../infra/capacity/requirement-of';
import type { PlacementRules } from '../../infra/capacity/trace/place-build';

/** What the model is told of a stack, and where its log's builds would run. */
export interface CapacitySettings {
  readonly stack: string;
  readonly inputs: Omit<RequirementInputs, 'demand' | 'systemWorkloads'>;
  /** What the stack's constructs request. */
  readonly workloads: () => readonly SystemWorkload[];
  readonly rules: PlacementRules;
}

const REPOSITORY = join(__dirname, '../..');

/** Settings of a stack by its files alone, without the forecast it names: a new one is about to be made. */
export async function stackSettings(stack: string): Promise<CapacitySettings> {
  // Constructs and schema are a second of work that other commands need not wait for.
  const { readStackWithoutDemand } = await import('./read-stack.js');
  if (!existsSync(join(REPOSITORY, `Pulumi.${stack}.yaml`))) {
    throw new Error(`there is no stack '${stack}': Pulumi.${stack}.yaml is not there; name another with --stack`);
  }
  const { config, workloads } = readStackWithoutDemand(stack, (path) => readFileSync(join(REPOSITORY, path), 'utf8'));
  return {
    stack,
    inputs: config,
    workloads,
    rules: {
      pipelines: config.pipelines,
      classes: config.classes,
      classOf: new Map(config.projects.map(({ gerritName, class: name }) => [gerritName, name])),
    },
  };
}
