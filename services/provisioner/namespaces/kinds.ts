/** Kinds a project namespace is made of, the namespace itself first. */
export const KINDS = [
  { apiVersion: 'v1', kind: 'Namespace', plural: 'namespaces' },
  { apiVersion: 'v1', kind: 'ServiceAccount', plural: 'serviceaccounts' },
  { apiVersion: 'v1', kind: 'ResourceQuota', plural: 'resourcequotas' },
  { apiVersion: 'v1', kind: 'LimitRange', plural: 'limitranges' },
  { apiVersion: 'v1', kind: 'ConfigMap', plural: 'configmaps' },
  { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', plural: 'networkpolicies' },
  { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'RoleBinding', plural: 'rolebindings' },
] as const;

export type Kind = (typeof KINDS)[number];
export type KindName = Kind['kind'];

/** Kinds that give somebody or something a right: one of ours that is no longer asked for is taken away. */
export const GRANTING: ReadonlySet<string> = new Set<KindName>(['NetworkPolicy', 'RoleBinding']);

const BY_NAME: ReadonlyMap<string, Kind> = new Map(KINDS.map((kind) => [kind.kind, kind]));

/** Path of a kind's objects in the whole cluster, or in one namespace. */
export function collectionPath({ apiVersion, plural }: Kind, namespace?: string): string {
  const base = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  return namespace === undefined ? `${base}/${plural}` : `${base}/namespaces/${namespace}/${plural}`;
}

/** An object by what names it. */
export interface ObjectName {
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string | undefined;
}

/** Path of one object. Throws for a kind that a project namespace is not made of. */
export function objectPath({ kind, name, namespace }: ObjectName): string {
  const known = BY_NAME.get(kind);
  if (known === undefined) {
    throw new Error(
      `kind '${kind}' is none of a project namespace's: ${[...BY_NAME.keys()].join(', ')}; add it to KINDS`,
    );
  }
  return `${collectionPath(known, kind === 'Namespace' ? undefined : namespace)}/${name}`;
}
