import type { KubeObject } from '../../core/kube-object';

/** Kinds that lie in no namespace, of those a stack has. */
const CLUSTER_SCOPED: ReadonlySet<string> = new Set([
  'CustomResourceDefinition',
  'Namespace',
  'ClusterRole',
  'ClusterRoleBinding',
  'PriorityClass',
  'Project',
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionPolicyBinding',
]);

/** Path of a collection: `/api/v1/namespaces`, or of one namespace's. */
export function collectionOf(apiVersion: string, kind: string, namespace?: string): string {
  const base = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const plural = pluralOf(kind);
  return namespace === undefined ? `${base}/${plural}` : `${base}/namespaces/${namespace}/${plural}`;
}

/** Path of an object at the API server. Throws when one that lies in a namespace names none. */
export function objectPath({ apiVersion, kind, metadata }: KubeObject): string {
  if (CLUSTER_SCOPED.has(kind)) return `${collectionOf(apiVersion, kind)}/${metadata.name}`;
  if (metadata.namespace === undefined) throw new Error(`${kind} ${metadata.name} names no namespace`);
  return `${collectionOf(apiVersion, kind, metadata.namespace)}/${metadata.name}`;
}

/** As the API server forms the plurals of its own kinds. */
function pluralOf(kind: string): string {
  const lower = kind.toLowerCase();
  if (lower.endsWith('y')) return `${lower.slice(0, -1)}ies`;
  return lower.endsWith('s') ? `${lower}es` : `${lower}s`;
}
