import type { KubeObject } from '../../core/kube-object';

/** A pod template's container that no rule minds. */
export const CONTAINER = {
  name: 'main',
  image: `example.org/a:1@sha256:${'0'.repeat(64)}`,
  resources: { requests: { cpu: '10m', memory: '16Mi' }, limits: { memory: '16Mi' } },
  securityContext: { allowPrivilegeEscalation: false, runAsNonRoot: true },
};

/** A Deployment of one pod, with parts of its spec and its container replaced. */
export function deployment(container: object = {}, podSpec: object = {}): KubeObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'argo-ui' },
    spec: { template: { spec: { containers: [{ ...CONTAINER, ...container }], ...podSpec } } },
  };
}

/** A role with one rule. */
export function clusterRole(name: string, rule: object): KubeObject {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name },
    rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'], ...rule }],
  };
}

/** A binding of a ClusterRole; cluster-wide when it has no namespace. */
export function binding(namespace: string | undefined, role: string, subject: object): KubeObject {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: namespace === undefined ? 'ClusterRoleBinding' : 'RoleBinding',
    metadata: { name: 'binding', ...(namespace === undefined ? {} : { namespace }) },
    roleRef: { kind: 'ClusterRole', name: role },
    subjects: [subject],
  };
}

/** A namespace. */
export function namespace(name: string): KubeObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
}

/** A NetworkPolicy of a namespace. */
export function networkPolicy(namespaceName: string, spec: object): KubeObject {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'policy', namespace: namespaceName },
    spec: { podSelector: {}, ...spec },
  };
}
