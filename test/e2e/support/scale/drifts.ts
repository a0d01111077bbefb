import type { KubeClient } from '../../../../services/shared/kube-client';

/** Something that somebody does to a project's namespace by hand. */
export interface DriftKind {
  readonly name: string;
  /** Writes of the provisioner that mend it. */
  readonly writes: number;
  readonly make: (admin: KubeClient, namespace: string) => Promise<unknown>;
}

const RBAC = '/apis/rbac.authorization.k8s.io/v1/namespaces';
const NETWORK = '/apis/networking.k8s.io/v1/namespaces';

/** One of each of the kinds that give or take a right. */
export const DRIFTS: readonly [DriftKind, ...DriftKind[]] = [
  {
    name: 'a quota is raised',
    writes: 1,
    make: (admin, namespace) =>
      admin.patch(`/api/v1/namespaces/${namespace}/resourcequotas/compute`, 'merge', {
        spec: { hard: { pods: '999' } },
      }),
  },
  {
    name: 'a RoleBinding is deleted',
    writes: 1,
    make: (admin, namespace) => admin.delete(`${RBAC}/${namespace}/rolebindings/owners`),
  },
  {
    name: 'Pod Security is taken off the namespace',
    writes: 1,
    make: (admin, namespace) =>
      admin.patch(`/api/v1/namespaces/${namespace}`, 'merge', {
        metadata: { labels: { 'pod-security.kubernetes.io/enforce': 'privileged' } },
      }),
  },
  {
    name: 'the fence gets a hole',
    // Applying leaves what others added; taking that away is another write.
    writes: 2,
    make: (admin, namespace) =>
      admin.patch(`${NETWORK}/${namespace}/networkpolicies/deny-all`, 'merge', { spec: { egress: [{}] } }),
  },
  {
    name: 'a ServiceAccount is deleted',
    writes: 1,
    make: (admin, namespace) => admin.delete(`/api/v1/namespaces/${namespace}/serviceaccounts/runner-pre-review`),
  },
];
