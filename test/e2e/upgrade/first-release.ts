import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { KubeObject } from '../../../core/kube-object';

const Resource = z.object({ type: z.string(), name: z.string(), inputs: z.record(z.string(), z.unknown()) });
const Project = z.object({ gerritName: z.string(), objects: z.array(KubeObject) });
const Line = z.union([
  z.strictObject({ config: z.record(z.string(), z.unknown()) }),
  z.strictObject({ resource: Resource }),
  z.strictObject({ project: Project }),
]);

/** What the first release was and left behind, recorded from its own code. */
export interface FirstRelease {
  /** Its stack's configuration, keys without `seakeeper:`. */
  readonly config: Readonly<Record<string, unknown>>;
  /** What its Pulumi program registered. Secret values are placeholders that begin with `SECRET-`. */
  readonly resources: readonly z.infer<typeof Resource>[];
  /** What its provisioner applied inside each project's namespace, the namespace first. */
  readonly projects: readonly z.infer<typeof Project>[];
}

/** Reads the record. Throws where it is not one. */
export function readFirstRelease(): FirstRelease {
  const lines = readFileSync(join(__dirname, 'first-release.jsonl'), 'utf8').trim().split('\n');
  const read = lines.map((line) => Line.parse(JSON.parse(line)));
  const config = read.flatMap((line) => ('config' in line ? [line.config] : []))[0];
  if (config === undefined) throw new Error('first-release.jsonl has no line `config`');
  return {
    config,
    resources: read.flatMap((line) => ('resource' in line ? [line.resource] : [])),
    projects: read.flatMap((line) => ('project' in line ? [line.project] : [])),
  };
}
