import type { KubeObject } from '../../core/kube-object';
import { DOMAIN } from '../../core/labels';
import { taintsOf } from '../../core/placement';
import { POOL_LABEL } from '../../core/pool';
import type { Machine } from '../capacity/config';

/** On a node: the machine as stack config has it, for comparing with what its kubelet says. */
export const MACHINE_ANNOTATION = `${DOMAIN}/machine`;

/**
 * One field manager for all nodes: its fields can be told from a kubelet's and a controller's, and a stack whose state was
 * lost takes up its own again.
 */
export const NODE_FIELD_MANAGER = 'seakeeper-nodes';

/**
 * What a stack says of its machines' nodes: pool, taints, size. Parts of objects, applied over nodes that are there.
 *
 * A node's taints are one list with one owner, so what controllers put there (`unschedulable` while cordoned) goes when
 * ours is first applied or changes, and is put back by its controller at the next look; hence the force.
 */
export function planNodeAttributes(machines: readonly Machine[]): KubeObject[] {
  return machines.map(({ name, pool, cpu, memory, disk }) => ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: { [POOL_LABEL]: pool },
      annotations: {
        [MACHINE_ANNOTATION]: JSON.stringify({ cpu, memory, disk }),
        'pulumi.com/patchFieldManager': NODE_FIELD_MANAGER,
        'pulumi.com/patchForce': 'true',
      },
    },
    spec: { taints: taintsOf(pool).map((taint) => ({ ...taint })) },
  }));
}
