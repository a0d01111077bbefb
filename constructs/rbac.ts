import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { commonLabels } from './metadata';

const RBAC = 'rbac.authorization.k8s.io';

/** A ServiceAccount, by where it lives. */
export interface AccountReference {
  readonly namespace: string;
  readonly name: string;
}

const subject = ({ namespace, name }: AccountReference): k8s.Subject => ({ kind: 'ServiceAccount', namespace, name });

/** Properties for `bindInNamespace`. */
export interface NamespaceBindingOptions {
  readonly name: string;
  readonly namespace: string;
  /** Role bound: a ClusterRole, which here gives its rights in this namespace only, or a Role of the namespace. */
  readonly role: { readonly kind: 'ClusterRole' | 'Role'; readonly name: string };
  /** @default - none */
  readonly accounts?: readonly AccountReference[];
  /**
   * Users by name: Gerrit's groups do not exist in the identity provider, so they are expanded first.
   *
   * @default - none
   */
  readonly users?: readonly string[];
  /**
   * Groups of the identity provider.
   *
   * @default - none
   */
  readonly groups?: readonly string[];
}

/** Binds a role inside one namespace. */
export function bindInNamespace(scope: Construct, id: string, options: NamespaceBindingOptions): void {
  const { users = [], groups = [] } = options;
  new k8s.KubeRoleBinding(scope, id, {
    metadata: { name: options.name, namespace: options.namespace, labels: commonLabels(options.name) },
    roleRef: { apiGroup: RBAC, ...options.role },
    subjects: [
      ...(options.accounts ?? []).map(subject),
      ...users.map((name) => ({ apiGroup: RBAC, kind: 'User', name })),
      ...groups.map((name) => ({ apiGroup: RBAC, kind: 'Group', name })),
    ],
  });
}

/** Binds a ClusterRole to accounts of the system in every namespace. Projects never get one. */
export function bindInCluster(
  scope: Construct,
  id: string,
  clusterRole: string,
  accounts: readonly AccountReference[],
): void {
  new k8s.KubeClusterRoleBinding(scope, id, {
    metadata: { name: clusterRole, labels: commonLabels(clusterRole) },
    roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: clusterRole },
    subjects: accounts.map(subject),
  });
}

/** One rule, in the order people read it: who may do what to which. */
export function allow(apiGroup: string, resources: readonly string[], verbs: readonly string[]): k8s.PolicyRule {
  return { apiGroups: [apiGroup], resources: [...resources], verbs: [...verbs] };
}

/** What replicas need to agree by one Lease who works. A new one cannot be allowed by name. */
export function electBy(lease: string): k8s.PolicyRule[] {
  return [
    allow('coordination.k8s.io', ['leases'], ['create']),
    { ...allow('coordination.k8s.io', ['leases'], ['get', 'watch', 'patch']), resourceNames: [lease] },
  ];
}

export const READ = ['get', 'list', 'watch'] as const;
