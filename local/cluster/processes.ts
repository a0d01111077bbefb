import { join } from 'node:path';
import type { LocalPaths } from '../paths';
import type { BinaryName } from '../toolchain/parts';
import { ADDRESS_PLAN } from './address-plan';
import type { KubeconfigName } from './certificates';
import { containerdSocket } from './config-files';
import type { ProcessSpecInput } from './supervisor/process-spec';

/** Finds executables (absolute paths) for the command lines. */
export type FindBinary = (name: BinaryName) => string;

const { nodeAddress, apiPort, nodeName, clusterCidr, serviceCidr } = ADDRESS_PLAN;
/** The kubelet's folder as the node sees it; some of the kubelet's paths below it cannot be changed. */
export const KUBELET_ROOT = '/var/lib/kubelet';
const ETCD_URL = 'https://127.0.0.1:2379';
const ETCD_PEER_URL = 'https://127.0.0.1:2380';
const ETCD_METRICS_URL = 'http://127.0.0.1:2381';

/**
 * Every process of the cluster itself, with its whole command line. Pure: what is run can be read and tested here.
 *
 * @param node Node.js executable with the arguments that let it run TypeScript
 * @param sources folder of this project
 */
export function clusterProcesses(
  paths: LocalPaths,
  binary: FindBinary,
  node: readonly string[],
  sources: string,
): ProcessSpecInput[] {
  const pki = (file: string): string => join(paths.pki, file);
  const kubeconfig = (name: KubeconfigName): string => join(paths.kubeconfigs, `${name}.kubeconfig`);
  const loopbackServer = [
    '--bind-address=127.0.0.1',
    `--tls-cert-file=${pki('loopback-server.crt')}`,
    `--tls-private-key-file=${pki('loopback-server.key')}`,
  ];
  const loopbackProbe = (port: number): ProcessSpecInput['probe'] => ({
    kind: 'https',
    url: `https://127.0.0.1:${port}/healthz`,
    ca: pki('cluster-ca.crt'),
  });
  return [
    {
      name: 'etcd',
      kind: 'daemon',
      command: [
        binary('etcd'),
        '--name=local',
        `--data-dir=${paths.etcd}`,
        `--listen-client-urls=${ETCD_URL}`,
        `--advertise-client-urls=${ETCD_URL}`,
        `--listen-peer-urls=${ETCD_PEER_URL}`,
        `--initial-advertise-peer-urls=${ETCD_PEER_URL}`,
        `--initial-cluster=local=${ETCD_PEER_URL}`,
        `--listen-metrics-urls=${ETCD_METRICS_URL}`,
        `--cert-file=${pki('etcd-server.crt')}`,
        `--key-file=${pki('etcd-server.key')}`,
        `--trusted-ca-file=${pki('etcd-ca.crt')}`,
        '--client-cert-auth',
        `--peer-cert-file=${pki('etcd-server.crt')}`,
        `--peer-key-file=${pki('etcd-server.key')}`,
        `--peer-trusted-ca-file=${pki('etcd-ca.crt')}`,
        '--peer-client-cert-auth',
        // One member votes for itself: no reason to wait a whole second for it.
        '--heartbeat-interval=50',
        '--election-timeout=250',
        '--log-level=warn',
      ],
      probe: { kind: 'http', url: `${ETCD_METRICS_URL}/readyz` },
    },
    {
      name: 'kube-apiserver',
      kind: 'daemon',
      command: [
        binary('kube-apiserver'),
        `--etcd-servers=${ETCD_URL}`,
        `--etcd-cafile=${pki('etcd-ca.crt')}`,
        `--etcd-certfile=${pki('etcd-client.crt')}`,
        `--etcd-keyfile=${pki('etcd-client.key')}`,
        '--bind-address=0.0.0.0',
        `--advertise-address=${nodeAddress}`,
        `--secure-port=${apiPort}`,
        `--tls-cert-file=${pki('kube-apiserver.crt')}`,
        `--tls-private-key-file=${pki('kube-apiserver.key')}`,
        `--client-ca-file=${pki('cluster-ca.crt')}`,
        '--anonymous-auth=false',
        '--authorization-mode=Node,RBAC',
        '--enable-admission-plugins=NodeRestriction',
        '--service-account-issuer=https://kubernetes.default.svc',
        `--service-account-key-file=${pki('service-accounts.pub')}`,
        `--service-account-signing-key-file=${pki('service-accounts.key')}`,
        `--service-cluster-ip-range=${serviceCidr}`,
        '--allow-privileged=true',
        '--kubelet-preferred-address-types=InternalIP',
        `--kubelet-certificate-authority=${pki('cluster-ca.crt')}`,
        `--kubelet-client-certificate=${pki('apiserver-kubelet-client.crt')}`,
        `--kubelet-client-key=${pki('apiserver-kubelet-client.key')}`,
        '--profiling=false',
        // A stop is announced to nobody: the only server has no other to send its clients to.
        '--shutdown-delay-duration=0s',
      ],
      after: ['etcd'],
      probe: {
        kind: 'https',
        url: `https://127.0.0.1:${apiPort}/readyz`,
        ca: pki('cluster-ca.crt'),
        clientCertificate: pki('admin.crt'),
        clientKey: pki('admin.key'),
      },
      stopGraceSeconds: 5,
    },
    {
      name: 'cluster-objects',
      kind: 'task',
      command: [
        binary('kubectl'),
        `--kubeconfig=${paths.adminKubeconfig}`,
        ...['apply', '--server-side', '--force-conflicts', '--field-manager=seakeeper-local'],
        `--filename=${join(paths.config, 'cluster-objects.json')}`,
      ],
      after: ['kube-apiserver'],
    },
    {
      name: 'kube-controller-manager',
      kind: 'daemon',
      command: [
        binary('kube-controller-manager'),
        `--kubeconfig=${kubeconfig('kube-controller-manager')}`,
        ...loopbackServer,
        '--leader-elect=false',
        '--use-service-account-credentials',
        `--service-account-private-key-file=${pki('service-accounts.key')}`,
        `--root-ca-file=${pki('cluster-ca.crt')}`,
        `--cluster-signing-cert-file=${pki('cluster-ca.crt')}`,
        `--cluster-signing-key-file=${pki('cluster-ca.key')}`,
        '--allocate-node-cidrs',
        `--cluster-cidr=${clusterCidr}`,
        `--service-cluster-ip-range=${serviceCidr}`,
        // Thousands of project namespaces come at once, each with a ServiceAccount and a root certificate to be made.
        '--kube-api-qps=500',
        '--kube-api-burst=1000',
        '--concurrent-namespace-syncs=20',
        '--concurrent-serviceaccount-token-syncs=20',
        // PersistentVolumes are bound at the next look, and pods wait for them.
        '--pvclaimbinder-sync-period=2s',
        '--node-monitor-period=2s',
        '--profiling=false',
      ],
      after: ['kube-apiserver'],
      probe: loopbackProbe(10257),
      stopGraceSeconds: 3,
    },
    {
      name: 'kube-scheduler',
      kind: 'daemon',
      command: [
        binary('kube-scheduler'),
        `--kubeconfig=${kubeconfig('kube-scheduler')}`,
        ...loopbackServer,
        '--leader-elect=false',
        '--kube-api-qps=200',
        '--kube-api-burst=400',
        '--profiling=false',
      ],
      after: ['kube-apiserver'],
      probe: loopbackProbe(10259),
      stopGraceSeconds: 3,
    },
    {
      name: 'containerd',
      kind: 'daemon',
      command: [binary('containerd'), `--config=${join(paths.config, 'containerd.toml')}`],
      probe: { kind: 'unix', path: containerdSocket(paths) },
    },
    {
      name: 'kubelet',
      kind: 'daemon',
      command: [
        binary('kubelet'),
        `--config=${join(paths.config, 'kubelet.yaml')}`,
        `--kubeconfig=${kubeconfig('kubelet')}`,
        `--hostname-override=${nodeName}`,
        `--node-ip=${nodeAddress}`,
        `--root-dir=${KUBELET_ROOT}`,
      ],
      after: ['kube-apiserver', 'containerd'],
      probe: { kind: 'http', url: 'http://127.0.0.1:10248/healthz' },
    },
    {
      name: 'kube-proxy',
      kind: 'daemon',
      command: [
        binary('kube-proxy'),
        `--kubeconfig=${kubeconfig('kube-proxy')}`,
        `--hostname-override=${nodeName}`,
        '--proxy-mode=iptables',
        `--cluster-cidr=${clusterCidr}`,
        '--healthz-bind-address=127.0.0.1:10256',
        '--metrics-bind-address=127.0.0.1:10249',
        // Connection tracking limits belong to the whole machine: leave them.
        '--conntrack-max-per-core=0',
        '--conntrack-tcp-timeout-established=0',
        '--conntrack-tcp-timeout-close-wait=0',
        '--iptables-min-sync-period=200ms',
      ],
      after: ['cluster-objects'],
      probe: { kind: 'http', url: 'http://127.0.0.1:10256/livez' },
      stopGraceSeconds: 3,
    },
    {
      name: 'kube-router',
      kind: 'daemon',
      command: [
        binary('kube-router'),
        `--kubeconfig=${kubeconfig('kube-router')}`,
        `--hostname-override=${nodeName}`,
        '--run-firewall=true',
        '--run-router=false',
        '--run-service-proxy=false',
        '--run-loadbalancer=false',
        `--service-cluster-ip-range=${serviceCidr}`,
        '--iptables-sync-period=60s',
        '--metrics-port=0',
      ],
      env: { NODE_NAME: nodeName },
      after: ['cluster-objects', 'kubelet'],
      probe: { kind: 'tcp', host: '127.0.0.1', port: 20244 },
      stopGraceSeconds: 3,
    },
    {
      name: 'coredns',
      kind: 'daemon',
      command: [binary('coredns'), '-conf', join(paths.config, 'Corefile')],
      after: ['cluster-objects'],
      probe: { kind: 'http', url: 'http://127.0.0.1:8181/ready' },
      stopGraceSeconds: 3,
    },
    {
      name: 'volume-provisioner',
      kind: 'daemon',
      command: [...node, join(sources, 'local/cluster/volumes/main.ts')],
      env: { KUBECONFIG: kubeconfig('volume-provisioner'), VOLUMES: paths.volumes },
      after: ['cluster-objects'],
      stopGraceSeconds: 3,
    },
  ];
}
