import { z } from 'zod';
import type { Pool } from '../../core/pool';
import { QUANTITY_PATTERN } from '../../core/quantity';

const Quantity = z.string().regex(QUANTITY_PATTERN, 'must be a Kubernetes quantity, such as 500m or 6Gi');

/** A size of machine. */
export const NodeShape = z.strictObject({
  cpu: z.number().positive().default(48).describe('Cores.'),
  memory: Quantity.default('192Gi').describe('Memory.'),
  disk: Quantity.default('960Gi').describe('Disk for images and workspaces.'),
});
export type NodeShape = z.infer<typeof NodeShape>;

/** A pod that runs on every node, or some that run once for the whole cluster; not ours, but on our machines. */
export const AddOn = z.strictObject({
  name: z.string().min(1).describe('What it is.'),
  cpu: Quantity.default('0').describe('Cores its pod requests.'),
  memory: Quantity.default('0').describe('Memory its pod requests.'),
  source: z.string().min(1).describe('Where the numbers come from.'),
});
export type AddOn = z.infer<typeof AddOn>;

/** What a node of any cluster runs, unless the site says otherwise: requests as the projects publish them. */
const DAEMON_SETS: z.input<typeof AddOn>[] = [
  { name: 'calico-node', cpu: '250m', source: 'projectcalico/calico manifests/calico.yaml; it requests no memory' },
  {
    name: 'kube-proxy',
    cpu: '100m',
    source: 'kubernetes cluster/gce/gci/configure-helper.sh, cpurequest; it requests no memory',
  },
  {
    name: 'node-exporter',
    cpu: '112m',
    memory: '200Mi',
    source: 'kube-prometheus manifests/nodeExporter-daemonset.yaml, its kube-rbac-proxy included',
  },
  {
    name: 'log shipper',
    cpu: '100m',
    memory: '200Mi',
    source: 'kubernetes.io/docs/concepts/workloads/controllers/daemonset, fluentd-elasticsearch',
  },
];

/** What a cluster runs once beside the CI system. */
const CLUSTER_ADD_ONS: (z.input<typeof AddOn> & { replicas: number })[] = [
  {
    name: 'coredns',
    replicas: 2,
    cpu: '100m',
    memory: '70Mi',
    source: 'kubernetes cluster/addons/dns/coredns/coredns.yaml.base; two, as kubeadm has it',
  },
  {
    name: 'metrics-server',
    replicas: 1,
    cpu: '100m',
    memory: '200Mi',
    source: 'kubernetes-sigs/metrics-server components.yaml',
  },
];

/** How machines are computed from demand. Every default is an assumption, and named as one in the report. */
export const SizingConfig = z.strictObject({
  until: z.iso.date().optional().describe('Day the cluster must be enough until. Absent: the last the forecast has.'),
  wait: z
    .strictObject({
      seconds: z.number().min(0).default(60).describe('Longest good wait for a build slot, in seconds.'),
      share: z.number().gt(0).lt(1).default(0.95).describe('Share of builds that must wait no longer.'),
    })
    .prefault({})
    .describe('How long a build may wait.'),
  node: NodeShape.prefault({}).describe('Size of machine of pools that have no machines yet.'),
  systemNode: NodeShape.prefault({ cpu: 16, memory: '64Gi', disk: '480Gi' }).describe(
    'The same for pool `system`, whose needs are small.',
  ),
  artifactsPerRun: Quantity.default('20Mi').describe(
    'What a run leaves in the artifact store on average, logs included; measure it once there are runs.',
  ),
  ledgerPerRun: Quantity.default('4Ki').describe('What a run leaves in the ledger on average.'),
  gateFailureRate: z
    .number()
    .gt(0)
    .lt(1)
    .default(0.05)
    .describe('Share of changes that fail in the gate; the window of a dependent pipeline follows from it.'),
  daemonSets: z
    .array(AddOn)
    .default(DAEMON_SETS.map((addOn) => AddOn.parse(addOn)))
    .describe('What runs on every node.'),
  addOns: z
    .array(AddOn.extend({ replicas: z.int().min(1).default(1).describe('Pods.') }))
    .default(CLUSTER_ADD_ONS.map(({ replicas, ...addOn }) => ({ replicas, ...AddOn.parse(addOn) })))
    .describe('What runs once in the cluster beside the CI system, in pool `system`.'),
});
export type SizingConfig = z.infer<typeof SizingConfig>;

/** Pools whose machines take runs, and the one that does not. */
export const shapeOfPool = (pool: Pool, { node, systemNode }: SizingConfig): NodeShape =>
  pool === 'system' ? systemNode : node;
