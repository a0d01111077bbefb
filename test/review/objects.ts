import type { KubeObject } from '../../core/kube-object';
import { indexOf } from '../../review/cluster-index';
import type { ClusterObject } from '../../review/cluster-object';
import { compareClusters } from '../../review/compare-clusters';
import type { Danger } from '../../review/dangers/danger';
import { findDangers } from '../../review/find-dangers';
import type { ObjectChange } from '../../review/object-change';

type Extra = Readonly<Record<string, unknown>>;

/** An object of a project's namespace, or of the system. */
export function object(apiVersion: string, kind: string, name: string, extra: Extra = {}): KubeObject {
  const { metadata, ...rest } = extra;
  return {
    apiVersion,
    kind,
    metadata: { name, ...(CLUSTER_KINDS.has(kind) ? {} : { namespace: 'argo' }), ...(metadata as Extra | undefined) },
    ...rest,
  };
}

const CLUSTER_KINDS = new Set([
  'Namespace',
  'ClusterRole',
  'ClusterRoleBinding',
  'CustomResourceDefinition',
  'PriorityClass',
  'StorageClass',
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionPolicyBinding',
  'ValidatingWebhookConfiguration',
  'Project',
  'PersistentVolume',
]);

/** A cluster of objects of the system. */
export const cluster = (...objects: readonly KubeObject[]): ClusterObject[] =>
  objects.map((one) => ({ origin: 'system', source: 'chart', object: one }));

export const lines = (objects: readonly ClusterObject[]): string[] => objects.map((one) => JSON.stringify(one));

/** What differs between two clusters. */
export const changesOf = (before: readonly ClusterObject[], after: readonly ClusterObject[]): ObjectChange[] =>
  compareClusters(lines(before), lines(after));

/** Dangers of going from one cluster to the other. */
export function dangersOf(before: readonly ClusterObject[], after: readonly ClusterObject[]): Danger[] {
  return findDangers(changesOf(before, after), { before: indexOf(before), after: indexOf(after) });
}

/** Dangers as `kind: what`, for one object that changes, appears or goes, in a cluster of others. */
export function dangers(
  before: KubeObject | undefined,
  after: KubeObject | undefined,
  others: readonly KubeObject[] = [],
): string[] {
  const side = (one: KubeObject | undefined) => cluster(...others, ...(one === undefined ? [] : [one]));
  return dangersOf(side(before), side(after)).map(({ kind, what }) => `${kind}: ${what}`);
}
