import { z } from 'zod';
import type { SystemWorkload } from '../../infra/capacity/requirement-of';
import type { ReadText } from '../../stacks/config/read-text';
import type { ClusterConfig } from '../../stacks/config/schema';
import { readStackFile } from '../../stacks/config/stack-file';
import { stackInputs } from '../../stacks/config/stack-inputs';
import { systemWorkloads } from '../../stacks/system-workloads';

/** A stack's configuration and what its constructs request, whether or not the forecast it names is there. */
export function readStackWithoutDemand(
  stack: string,
  readText: ReadText,
): { readonly config: ClusterConfig; readonly workloads: () => readonly SystemWorkload[] } {
  const raw = readStackFile(readText(`Pulumi.${stack}.yaml`), readText('Pulumi.yaml'));
  const { capacity, ...rest } = raw;
  const inputs = stackInputs({ ...rest, ...withoutDemand(capacity) }, readText);
  return { config: inputs.config, workloads: () => systemWorkloads(inputs) };
}

function withoutDemand(capacity: unknown): { capacity?: unknown } {
  const settings = z.looseObject({ demand: z.unknown() }).partial().safeParse(capacity);
  if (!settings.success) return capacity === undefined ? {} : { capacity };
  const { demand: _, ...rest } = settings.data;
  return { capacity: rest };
}
