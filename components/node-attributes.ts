import * as pulumi from '@pulumi/pulumi';
import type { KubeObject } from '../core/kube-object';
import { typeToken } from './kube-object';

/** Arguments for `NodeAttributes`. */
export interface NodeAttributesArgs {
  /** Parts of Node objects: labels, annotations, taints. */
  readonly nodes: readonly KubeObject[];
}

/**
 * Applies parts of nodes that are there already, by server-side apply: what it set goes when the resource goes, and the
 * node stays, for a node is its kubelet's.
 */
export class NodeAttributes extends pulumi.ComponentResource {
  constructor(name: string, args: NodeAttributesArgs, opts: pulumi.ComponentResourceOptions) {
    super('seakeeper:index:NodeAttributes', name, {}, opts);

    for (const node of args.nodes) {
      new NodePatch(`${typeToken(node)}Patch`, `Node/${node.metadata.name}`, { ...node }, { parent: this });
    }
    this.registerOutputs({});
  }
}

/** The SDK's own class adds types only, and takes a second to load. */
class NodePatch extends pulumi.CustomResource {}
