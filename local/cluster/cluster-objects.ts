import { ADDRESS_PLAN } from './address-plan';

const { nodeAddress, dnsServiceAddress } = ADDRESS_PLAN;

export const STORAGE_CLASS = 'local';
/** Names the volume provisioner in the StorageClass and on each of its volumes. */
export const VOLUME_PROVISIONER = 'seakeeper.wikimedia.org/local';

const READ = ['get', 'list', 'watch'];

type KubernetesObject = Readonly<Record<string, unknown>>;

/** What the cluster itself needs before anything runs on it: rights of its own parts, its DNS Service, its volumes. */
export function clusterObjects(): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'List',
    items: [
      clusterRoleBinding('kube-apiserver-to-kubelet', 'system:kubelet-api-admin', 'kube-apiserver-kubelet-client'),
      clusterRole('seakeeper:kube-router', [
        { apiGroups: [''], resources: ['namespaces', 'pods', 'services', 'nodes', 'endpoints'], verbs: READ },
        { apiGroups: ['networking.k8s.io'], resources: ['networkpolicies'], verbs: READ },
        { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: READ },
      ]),
      clusterRoleBinding('seakeeper:kube-router', 'seakeeper:kube-router', 'seakeeper:kube-router'),
      clusterRole('seakeeper:coredns', [
        { apiGroups: [''], resources: ['services', 'pods', 'namespaces', 'endpoints'], verbs: ['list', 'watch'] },
        { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['list', 'watch'] },
      ]),
      clusterRoleBinding('seakeeper:coredns', 'seakeeper:coredns', 'seakeeper:coredns'),
      clusterRole('seakeeper:volume-provisioner', [
        { apiGroups: [''], resources: ['persistentvolumeclaims'], verbs: READ },
        { apiGroups: [''], resources: ['persistentvolumes'], verbs: [...READ, 'create', 'delete'] },
        { apiGroups: ['storage.k8s.io'], resources: ['storageclasses'], verbs: READ },
      ]),
      clusterRoleBinding(
        'seakeeper:volume-provisioner',
        'seakeeper:volume-provisioner',
        'seakeeper:volume-provisioner',
      ),
      storageClass(),
      ...dnsObjects(),
    ],
  };
}

function clusterRole(name: string, rules: readonly KubernetesObject[]): KubernetesObject {
  return { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name }, rules };
}

function clusterRoleBinding(name: string, role: string, user: string): KubernetesObject {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: user }],
  };
}

function storageClass(): KubernetesObject {
  return {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: {
      name: STORAGE_CLASS,
      annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' },
    },
    provisioner: VOLUME_PROVISIONER,
    reclaimPolicy: 'Delete',
    volumeBindingMode: 'WaitForFirstConsumer',
  };
}

/** CoreDNS runs on the node, not in a pod: the Service points at the node's address by hand. */
function dnsObjects(): KubernetesObject[] {
  const ports = [
    { name: 'dns', port: 53, protocol: 'UDP' },
    { name: 'dns-tcp', port: 53, protocol: 'TCP' },
  ];
  const metadata = { name: 'kube-dns', namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } };
  return [
    { apiVersion: 'v1', kind: 'Service', metadata, spec: { clusterIP: dnsServiceAddress, ports } },
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { ...metadata, labels: { ...metadata.labels, 'kubernetes.io/service-name': 'kube-dns' } },
      addressType: 'IPv4',
      endpoints: [{ addresses: [nodeAddress], conditions: { ready: true } }],
      ports,
    },
  ];
}
