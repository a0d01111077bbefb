import { ADDRESS_PLAN } from './address-plan';

/** Authorities: etcd has its own, so that no cluster identity, however minor, can read the store. */
export type Authority = 'cluster-ca' | 'etcd-ca';

export type Certificate = Readonly<{
  /** Base name of its files: `<name>.crt`, `<name>.key`. */
  name: string;
  authority: Authority;
  commonName: string;
  organization?: string;
  usage: readonly ('server' | 'client')[];
  dns?: readonly string[];
  ips?: readonly string[];
}>;

const { nodeAddress, apiServiceAddress, nodeName, clusterDomain } = ADDRESS_PLAN;
const LOOPBACK = { dns: ['localhost'], ips: ['127.0.0.1'] } as const;

/** Every certificate of the cluster. One identity a part, so that RBAC can tell them apart. */
export const CERTIFICATES: readonly Certificate[] = [
  { name: 'etcd-server', authority: 'etcd-ca', commonName: 'etcd', usage: ['server', 'client'], ...LOOPBACK },
  { name: 'etcd-client', authority: 'etcd-ca', commonName: 'kube-apiserver', usage: ['client'] },
  {
    name: 'kube-apiserver',
    authority: 'cluster-ca',
    commonName: 'kube-apiserver',
    usage: ['server'],
    dns: [
      'localhost',
      'kubernetes',
      'kubernetes.default',
      'kubernetes.default.svc',
      `kubernetes.default.svc.${clusterDomain}`,
    ],
    ips: ['127.0.0.1', nodeAddress, apiServiceAddress],
  },
  {
    name: 'apiserver-kubelet-client',
    authority: 'cluster-ca',
    commonName: 'kube-apiserver-kubelet-client',
    usage: ['client'],
  },
  {
    name: 'kubelet',
    authority: 'cluster-ca',
    commonName: `system:node:${nodeName}`,
    organization: 'system:nodes',
    usage: ['client'],
  },
  {
    name: 'kubelet-server',
    authority: 'cluster-ca',
    commonName: nodeName,
    usage: ['server'],
    dns: [nodeName],
    ips: [nodeAddress],
  },
  {
    name: 'loopback-server',
    authority: 'cluster-ca',
    commonName: 'localhost',
    usage: ['server'],
    ...LOOPBACK,
  },
  client('kube-controller-manager', 'system:kube-controller-manager'),
  client('kube-scheduler', 'system:kube-scheduler'),
  client('kube-proxy', 'system:kube-proxy'),
  client('kube-router', 'seakeeper:kube-router'),
  client('coredns', 'seakeeper:coredns'),
  client('volume-provisioner', 'seakeeper:volume-provisioner'),
  { name: 'admin', authority: 'cluster-ca', commonName: 'admin', organization: 'system:masters', usage: ['client'] },
];

/** Parts that get a kubeconfig made of their client certificate. */
export const KUBECONFIG_NAMES = [
  'kubelet',
  'kube-controller-manager',
  'kube-scheduler',
  'kube-proxy',
  'kube-router',
  'coredns',
  'volume-provisioner',
] as const;
export type KubeconfigName = (typeof KUBECONFIG_NAMES)[number];

function client(name: string, commonName: string): Certificate {
  return { name, authority: 'cluster-ca', commonName, usage: ['client'] };
}
