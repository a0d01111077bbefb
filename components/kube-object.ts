import type { KubeObject } from '../core/kube-object';

/** Pulumi's type of an object: `kubernetes:core/v1:ConfigMap`, `kubernetes:argoproj.io/v1alpha1:Sensor`. */
export function typeToken({ apiVersion, kind }: KubeObject): string {
  return `kubernetes:${apiVersion.includes('/') ? apiVersion : `core/${apiVersion}`}:${kind}`;
}

/** Name of an object's resource: the same as long as the object is. A change of it replaces the object. */
export function resourceName({ kind, metadata: { namespace, name } }: KubeObject): string {
  return [...(namespace === undefined ? [] : [namespace]), kind, name].join('/');
}

/**
 * Stage of an object within its chart: what it needs comes in an earlier one. Services share the stage of the pods
 * behind them, for a Service counts as ready when it has pods.
 */
export function stageOf({ kind }: KubeObject): number {
  switch (kind) {
    case 'Namespace':
    case 'CustomResourceDefinition':
      return 0;
    // Who may not `bind` may bind a role only once it is there to be compared with their own rights.
    case 'RoleBinding':
    case 'ClusterRoleBinding':
      return 2;
    case 'Deployment':
    case 'StatefulSet':
    case 'Service':
      return 3;
    case 'Job':
      return 4;
    case 'EventSource':
    case 'Sensor':
      return 5;
    default:
      return 1;
  }
}
