import type { z } from 'zod';
import type { ClusterConfig } from './schema';

const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;
const image = (repository: string, tag: string) => ({ repository, tag, digest: DIGEST });

/** One valid configuration that says every key there is; the reference page shows it key by key. */
export const EXAMPLES: z.input<typeof ClusterConfig> = {
  layers: ['ui'],
  layerStacks: { foundation: 'organization/seakeeper/ci', system: 'organization/seakeeper/ci' },
  access: { releng: ['releng'], serviceops: ['serviceops'] },
  policy: { acknowledgedUnpinnedImages: ['busybox'] },
  images: {
    services: image('docker-registry.example.org/seakeeper/services', '0.1.0'),
    'workflow-controller': image('quay.io/argoproj/workflow-controller', 'v3.7.18'),
    argoexec: image('quay.io/argoproj/argoexec', 'v3.7.18-nonroot'),
    'argo-server': image('quay.io/argoproj/argocli', 'v3.7.18'),
    'argo-events': image('quay.io/argoproj/argo-events', 'v1.9.11'),
    nats: image('docker.io/library/nats', '2.12.3-scratch'),
    minio: image('quay.io/minio/minio', 'RELEASE.2025-09-07T16-13-09Z'),
    mc: image('quay.io/minio/mc', 'RELEASE.2025-08-13T08-35-41Z'),
    git: image('docker.io/alpine/git', '2.49.1'),
    busybox: { repository: 'docker.io/library/busybox', tag: '1.37.0' },
  },
  gerrit: {
    name: 'example',
    httpUrl: 'https://gerrit.example.org/r',
    fetchUrl: 'https://gerrit.example.org/r',
    sshHost: 'gerrit.example.org',
    sshPort: 29_418,
    sshHostKeys: ['ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExampleExampleExampleExampleExampleExampleExam'],
    account: 'seakeeper',
    canaryProject: 'integration/seakeeper-canary',
  },
  network: {
    clusterCidrs: ['10.0.0.0/8', 'fd00::/8'],
    gerritCidrs: ['10.64.16.8/32'],
    holes: [
      {
        name: 'dns',
        to: { kind: 'pods', namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } },
        ports: [
          { protocol: 'UDP', port: 53 },
          { protocol: 'TCP', port: 53 },
        ],
      },
      {
        name: 'api-server',
        to: { kind: 'cidr', cidrs: ['10.64.72.1/32'] },
        ports: [{ protocol: 'TCP', port: 6443 }],
      },
    ],
  },
  pipelines: [
    {
      name: 'check',
      description: 'Tests each patch set by itself.',
      enabled: true,
      manager: 'independent',
      trust: 'pre-review',
      triggers: [
        { event: 'patchset-created', branch: '^(master|release/.*)$', project: '^mediawiki/' },
        { event: 'comment-added', comment: '(?im)^\\s*recheck\\s*$' },
      ],
      label: { name: 'Verified', success: 1, failure: -1 },
      precedence: 'check',
      priority: 100,
      pool: 'check',
      timeoutSeconds: 5_400,
    },
    {
      name: 'gate-and-submit',
      enabled: false,
      manager: 'dependent',
      trust: 'post-review',
      triggers: [{ event: 'comment-added', approval: { label: 'Code-Review', value: 2 } }],
      label: { name: 'Verified', success: 2, failure: -1 },
    },
    { name: 'publish', trust: 'post-review', triggers: [{ event: 'ref-updated', ref: '^refs/tags/' }] },
  ],
  capacity: {
    executor: { cpu: '2', memory: '6Gi', disk: '20Gi', pods: 5 },
    demand: 'capacity/ci-demand.json',
    machinesFrom: 'config',
    sizing: {
      until: '2026-06-30',
      wait: { seconds: 60, share: 0.95 },
      node: { cpu: 48, memory: '192Gi', disk: '960Gi' },
      systemNode: { cpu: 16, memory: '64Gi', disk: '480Gi' },
      artifactsPerRun: '20Mi',
      ledgerPerRun: '4Ki',
      gateFailureRate: 0.05,
      daemonSets: [{ name: 'node-exporter', cpu: '112m', memory: '200Mi', source: 'kubectl top, 90 days' }],
      addOns: [{ name: 'coredns', cpu: '100m', memory: '70Mi', replicas: 2, source: 'coredns.yaml.base' }],
    },
    acceptShortfall: false,
  },
  controlPlane: { etcdQuota: '8Gi', namespaces: 10_000, watchEventsPerSecond: 5_000, stepsPerRun: 3 },
  machines: [{ name: 'ci-node1001', cpu: 64, memory: '256Gi', disk: '2Ti', pool: 'check' }],
  classes: {
    default: { executors: 4, containerExecutors: 2 },
    heavy: { executors: 8, containerExecutors: 4, pool: 'heavy', parallelism: 40 },
  },
  projectLists: ['projects/example.txt'],
  projects: [
    {
      gerritName: 'mediawiki/core',
      class: 'heavy',
      visibility: 'public',
      owners: ['alice'],
      contributors: ['bob'],
    },
  ],
  selfServe: {
    enabled: true,
    most: 5_000,
    perOwnerPerDay: 20,
    deny: ['^sandbox/', '^test(/|$)'],
    sweepMinutes: 60,
  },
  members: {
    enabled: true,
    contributorGroup: '{project}-contributors',
    groups: { 'ldap:cn=ops,ou=groups,dc=example,dc=org': 'ops' },
    refreshMinutes: 10,
  },
  retirement: { drainMinutes: 360, retentionDays: 14 },
  system: {
    controllerReplicas: 2,
    uiReplicas: 2,
    parallelism: 200,
    namespaceParallelism: 20,
    tellWaitAfterSeconds: 60,
    podsPerSecond: 50,
    storageClass: 'fast',
    ledgerSize: '10Gi',
    busSize: '10Gi',
    artifactsSize: '2Ti',
    artifactRetentionDays: 90,
    workflowRetentionHours: 24,
    statusUrl: 'https://ci.example.org',
    nodePorts: { status: 30_088, argoServer: 30_746 },
  },
};
