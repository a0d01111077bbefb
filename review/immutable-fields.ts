import type { KubeObject } from '../core/kube-object';
import { parseQuantity, QUANTITY_PATTERN } from '../core/quantity';
import { kindOf } from './cluster-object';
import { at, compareText, fields, same } from './json';

/**
 * Fields that the API server refuses to change, by kind: another value is another object.
 *
 * @see https://github.com/kubernetes/kubernetes/tree/v1.34.4/pkg/apis the `Validate…Update` functions
 */
const IMMUTABLE: Readonly<Record<string, readonly string[]>> = {
  'apps/Deployment': ['spec.selector'],
  'apps/DaemonSet': ['spec.selector'],
  'apps/ReplicaSet': ['spec.selector'],
  'apps/StatefulSet': ['spec.selector', 'spec.serviceName', 'spec.podManagementPolicy', 'spec.volumeClaimTemplates'],
  'batch/Job': ['spec.selector', 'spec.template', 'spec.completionMode', 'spec.completions'],
  'rbac.authorization.k8s.io/RoleBinding': ['roleRef'],
  'rbac.authorization.k8s.io/ClusterRoleBinding': ['roleRef'],
  'scheduling.k8s.io/PriorityClass': ['value', 'preemptionPolicy'],
  'storage.k8s.io/StorageClass': ['provisioner', 'parameters', 'reclaimPolicy', 'volumeBindingMode'],
  'apiextensions.k8s.io/CustomResourceDefinition': ['spec.group', 'spec.scope', 'spec.names.kind', 'spec.names.plural'],
  'node.k8s.io/RuntimeClass': ['handler'],
  '/PersistentVolume': ['spec.hostPath', 'spec.csi', 'spec.nfs', 'spec.local', 'spec.storageClassName'],
  '/Pod': ['spec'],
  '/Secret': ['type'],
  '/Service': ['spec.clusterIP'],
};

/** Fields of an object that change and cannot be changed in place, sorted. None: it is updated where it is. */
export function replacingFields(before: KubeObject, after: KubeObject): string[] {
  const kind = kindOf(after);
  const fixed = [
    ...(IMMUTABLE[kind] ?? []),
    ...(before['immutable'] === true ? ['data', 'binaryData', 'stringData'] : []),
  ];
  const changed = fixed.filter((path) => !same(at(before, ...path.split('.')), at(after, ...path.split('.'))));
  const served = kind === '/Service' ? changed.filter(() => !isLeftToServer(before, after)) : changed;
  return [...served, ...(kind === '/PersistentVolumeClaim' ? claimFields(before, after) : [])].sort(compareText);
}

/** An absent cluster address is the server's to choose, and stays what it was. */
const isLeftToServer = (before: KubeObject, after: KubeObject): boolean =>
  [before, after].some((service) => at(service, 'spec', 'clusterIP') === undefined);

/** Of a claim nothing may change but its size, and that only upwards. */
function claimFields(before: KubeObject, after: KubeObject): string[] {
  const [was, is] = [fields(before['spec']), fields(after['spec'])];
  const names = [...new Set([...Object.keys(was), ...Object.keys(is)])].filter((name) => name !== 'resources');
  const shrinks = sizeOf(is) < sizeOf(was);
  return [
    ...names.filter((name) => !same(was[name], is[name])).map((name) => `spec.${name}`),
    ...(shrinks ? ['spec.resources.requests.storage'] : []),
  ];
}

function sizeOf(spec: unknown): number {
  const size = String(at(spec, 'resources', 'requests', 'storage') ?? '');
  return QUANTITY_PATTERN.test(size) ? parseQuantity(size) : 0;
}
