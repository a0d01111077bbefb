import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import type { KubeObject } from '../../core/kube-object';
import { PROJECT_API } from '../../core/project';
import type { StackInputs } from '../../stacks/release';
import { renderCluster } from '../../stacks/render/render-cluster';
import { objectPath } from './object-path';

/** Kinds of the stack that an API server without nodes is to have: what defines, permits or refuses, but runs nothing. */
const GROUND: ReadonlySet<string> = new Set([
  'CustomResourceDefinition',
  'Namespace',
  'ServiceAccount',
  'ClusterRole',
  'ClusterRoleBinding',
  'Role',
  'RoleBinding',
  'PriorityClass',
  'ConfigMap',
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionPolicyBinding',
]);

/** A stack's objects by who makes them. */
export interface ScaleObjects {
  /** What the stack has before there is a project. */
  readonly ground: readonly KubeObject[];
  /** Its `Project` objects. */
  readonly projects: readonly KubeObject[];
  /** What the provisioner is to make of them: rendered anew each time, for it may be two hundred thousand objects. */
  objects(): Generator<KubeObject>;
}

/** Renders the stack once for what is small, and again for each pass over what is not. */
export function scaleObjects(inputs: StackInputs): ScaleObjects {
  const system = renderCluster({ ...inputs, config: { ...inputs.config } });
  const ground: KubeObject[] = [];
  const projects: KubeObject[] = [];
  for (const { origin, object } of system) {
    // Those of the projects come last.
    if (origin === 'projects') break;
    if (object.kind === PROJECT_API.kind) projects.push(object);
    else if (GROUND.has(object.kind)) ground.push(object);
  }
  return {
    ground,
    projects,
    *objects() {
      for (const { origin, object } of renderCluster(inputs)) if (origin === 'projects') yield object;
    },
  };
}

/**
 * Writes what the raw loader reads: a line of path and object each, every namespace before what lies in them, with the
 * empty line between at which it waits. Resolves to how many.
 */
export async function writeLoadFile(file: string, objects: () => Iterable<KubeObject>): Promise<number> {
  const out = createWriteStream(file);
  let count = 0;
  const write = async (isFirst: boolean) => {
    for (const object of objects()) {
      if ((object.kind === 'Namespace') !== isFirst) continue;
      count += 1;
      if (!out.write(`${JSON.stringify({ path: objectPath(object), body: object })}\n`)) await once(out, 'drain');
    }
  };
  await write(true);
  out.write('\n');
  await write(false);
  out.end();
  await once(out, 'close');
  return count;
}
