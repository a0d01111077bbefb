import { join } from 'node:path';
import { stringify } from 'yaml';
import type { LocalPaths } from '../paths';
import { ADDRESS_PLAN } from './address-plan';
import { CGROUP } from './cgroups';

/** Where containerd listens; clients on the host reach it too. */
export function containerdSocket(paths: Pick<LocalPaths, 'run'>): string {
  return join(paths.run, 'containerd', 'containerd.sock');
}

export const PAUSE_IMAGE = 'localhost/seakeeper/pause:1';

/** Facts of the machine that configuration depends on. */
export type HostFacts = Readonly<{
  /** Folder of the CNI plug-ins. */
  cniPlugins: string;
  /** Name servers that the node can reach. */
  nameServers: readonly string[];
}>;

/** Every configuration file of the node, by name in `paths.config`. */
export function renderConfigFiles(paths: LocalPaths, host: HostFacts): Record<string, string> {
  return {
    'containerd.toml': renderContainerdConfig(paths, host.cniPlugins),
    'kubelet.yaml': renderKubeletConfig(paths),
    'cni/10-seakeeper.conflist': renderCniConfig(),
    Corefile: renderCorefile(paths, host.nameServers),
    'resolv.conf': host.nameServers.map((address) => `nameserver ${address}\n`).join(''),
  };
}

function renderContainerdConfig(paths: LocalPaths, cniPlugins: string): string {
  const cri = 'plugins."io.containerd.grpc.v1.cri"';
  return `version = 2
root = ${quote(paths.containerdRoot)}
state = ${quote(join(paths.run, 'containerd'))}
# opt makes a folder on the machine; the snapshotters are for disks we do not use.
disabled_plugins = ["io.containerd.internal.v1.opt", "io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.zfs"]

[grpc]
  address = ${quote(containerdSocket(paths))}

[${cri}]
  sandbox_image = ${quote(PAUSE_IMAGE)}
  # Without CAP_SYS_RESOURCE a container could not be given the score that the kubelet wants, and would not start.
  restrict_oom_score_adj = true
  # A profile that is loaded stays in the machine's kernel.
  disable_apparmor = true
  # Pods' network namespaces live and die with the node's mounts.
  netns_mounts_under_state_dir = true
  [${cri}.cni]
    bin_dir = ${quote(cniPlugins)}
    conf_dir = ${quote(join(paths.config, 'cni'))}
  [${cri}.containerd]
    snapshotter = "overlayfs"
  [${cri}.containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [${cri}.containerd.runtimes.runc.options]
      SystemdCgroup = false
`;
}

function renderKubeletConfig(paths: LocalPaths): string {
  return stringify({
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    address: ADDRESS_PLAN.nodeAddress,
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: join(paths.pki, 'cluster-ca.crt') },
    },
    authorization: { mode: 'Webhook' },
    readOnlyPort: 0,
    tlsCertFile: join(paths.pki, 'kubelet-server.crt'),
    tlsPrivateKeyFile: join(paths.pki, 'kubelet-server.key'),
    containerRuntimeEndpoint: `unix://${containerdSocket(paths)}`,
    cgroupDriver: 'cgroupfs',
    cgroupRoot: `/${CGROUP}`,
    failSwapOn: false,
    clusterDNS: [ADDRESS_PLAN.dnsServiceAddress],
    clusterDomain: ADDRESS_PLAN.clusterDomain,
    resolvConf: join(paths.config, 'resolv.conf'),
    podLogsDir: join(paths.logs, 'pods'),
    volumePluginDir: '/var/lib/kubelet/volume-plugins',
    staticPodPath: '',
    maxPods: 250,
    podPidsLimit: 4096,
    containerLogMaxSize: '10Mi',
    containerLogMaxFiles: 3,
    // On some disks the kubelet finds no usage figures, and would then not start.
    localStorageCapacityIsolation: false,
    // Images cannot be pulled again, so none is ever collected: neither by age or disk use, nor by disk pressure.
    imageGCHighThresholdPercent: 100,
    imageMinimumGCAge: '87600h',
    evictionHard: { 'memory.available': '200Mi' },
    systemReserved: { cpu: '200m', memory: '1Gi' },
    kubeAPIQPS: 100,
    kubeAPIBurst: 200,
    eventRecordQPS: 100,
    eventBurst: 200,
    nodeStatusUpdateFrequency: '4s',
    nodeStatusReportFrequency: '1m',
    logging: { flushFrequency: '1s' },
  });
}

function renderCniConfig(): string {
  const config = {
    cniVersion: '0.4.0',
    name: 'seakeeper',
    plugins: [
      {
        type: 'bridge',
        bridge: ADDRESS_PLAN.bridge,
        isGateway: true,
        ipMasq: true,
        hairpinMode: true,
        ipam: {
          type: 'host-local',
          ranges: [[{ subnet: ADDRESS_PLAN.podCidr }]],
          routes: [{ dst: '0.0.0.0/0' }],
        },
      },
      { type: 'portmap', capabilities: { portMappings: true } },
    ],
  };
  return `${JSON.stringify(config, undefined, 2)}\n`;
}

function renderCorefile(paths: LocalPaths, nameServers: readonly string[]): string {
  // A machine without a name server still resolves the cluster's own names; others then do not exist.
  const forward = nameServers.length === 0 ? '' : `  forward . ${nameServers.join(' ')}\n`;
  return `.:53 {
  bind ${ADDRESS_PLAN.nodeAddress}
  errors
  ready 127.0.0.1:8181
  kubernetes ${ADDRESS_PLAN.clusterDomain} in-addr.arpa {
    kubeconfig ${join(paths.kubeconfigs, 'coredns.kubeconfig')}
    pods insecure
    fallthrough in-addr.arpa
    ttl 5
  }
${forward}  cache 30
  loop
  reload
}
`;
}

/** Name servers a node in its own network can use, from the text of a resolv.conf: those on loopback are the host's. */
export function reachableNameServers(resolvConf: string): string[] {
  return resolvConf
    .split('\n')
    .map((line) => /^nameserver\s+(\S+)/.exec(line)?.[1])
    .filter((address) => address !== undefined)
    .filter((address) => !address.startsWith('127.') && !address.includes(':'));
}

/** A TOML basic string. */
function quote(text: string): string {
  return JSON.stringify(text);
}
