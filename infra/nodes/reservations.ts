import { parseQuantity } from '../../core/quantity';
import type { Machine } from '../capacity/config';
import type { Amount } from '../capacity/requirement';

const MI = 2 ** 20;
const GI = 2 ** 30;

/**
 * Pods on one node. What Kubernetes' own scalability targets are tested with; a /24 of pod addresses holds two per pod,
 * so that none is reused while the old one is still in somebody's tables.
 *
 * @see https://kubernetes.io/docs/setup/best-practices/cluster-large/
 */
export const MAX_PODS = 110;

/**
 * Free space below which kubelet evicts pods: Kubernetes' defaults, written out since giving one turns off the others.
 *
 * @see https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/#hard-eviction-thresholds
 */
export const EVICTION_HARD = {
  'memory.available': '100Mi',
  'nodefs.available': '10%',
  'nodefs.inodesFree': '5%',
  'imagefs.available': '15%',
  'imagefs.inodesFree': '5%',
} as const;

/** What a machine keeps from pods: cores and bytes. */
export interface Reservations {
  /** For kubelet and the container runtime. */
  readonly kube: Amount;
  /** For the operating system. */
  readonly system: Amount;
  /** Kept free by evicting pods; `cpu` is 0, for it can be waited for. */
  readonly eviction: Amount;
}

/** A part of an amount up to a bound, and the share of it that is reserved. */
type Tier = readonly [upTo: number, share: number];

/**
 * Cores for kubelet and runtime: 6 % of the first, 1 % of the second, 0.5 % of the next two, 0.25 % of the rest. GKE's
 * formula, which EKS and OpenShift's automatic sizing have taken over.
 *
 * @see https://cloud.google.com/kubernetes-engine/docs/concepts/plan-node-sizes
 */
const KUBE_CPU: readonly Tier[] = [
  [1, 0.06],
  [2, 0.01],
  [4, 0.005],
  [Number.POSITIVE_INFINITY, 0.0025],
];

/**
 * Memory for kubelet and runtime: 255 MiB and 11 MiB a pod, for each pod has its shim and its watches. EKS's formula; it
 * follows the number of pods, which CI has many of, where GKE's follows the size of the machine only.
 *
 * @see https://docs.aws.amazon.com/eks/latest/userguide/choosing-instance-type.html
 */
const KUBE_MEMORY = 255 * MI + 11 * MI * MAX_PODS;

/**
 * For the operating system: OpenShift's default.
 *
 * @see https://docs.openshift.com/container-platform/4.16/nodes/nodes/nodes-nodes-resources-configuring.html
 */
const SYSTEM: Amount = { cpu: 0.5, memory: GI, disk: GI };

/**
 * Disk for images, logs and the operating system: the least of half the disk, 6 GiB and 35 % of it, and 100 GiB. GKE's
 * formula.
 *
 * @see https://cloud.google.com/kubernetes-engine/docs/concepts/plan-node-sizes
 */
const kubeDisk = (disk: number): number => Math.min(disk / 2, 6 * GI + 0.35 * disk, 100 * GI);

/** What a machine's kubelet keeps from pods. CPU is in whole thousandths, memory and disk in whole MiB, rounded up. */
export function reservationsOf(machine: Pick<Machine, 'cpu' | 'memory' | 'disk'>): Reservations {
  const disk = parseQuantity(machine.disk);
  return {
    kube: {
      cpu: thousandths(tiered(machine.cpu, KUBE_CPU)),
      memory: KUBE_MEMORY,
      disk: mebibytes(kubeDisk(disk)),
    },
    system: SYSTEM,
    eviction: {
      cpu: 0,
      memory: parseQuantity(EVICTION_HARD['memory.available']),
      disk: mebibytes((Number.parseFloat(EVICTION_HARD['nodefs.available']) / 100) * disk),
    },
  };
}

/**
 * What pods may request on a machine: its size less the reservations, as its kubelet computes `status.allocatable`.
 * Throws when nothing is left.
 *
 * @see https://kubernetes.io/docs/tasks/administer-cluster/reserve-compute-resources/
 */
export function allocatableOf(machine: Pick<Machine, 'name' | 'cpu' | 'memory' | 'disk'>): Amount {
  const { kube, system, eviction } = reservationsOf(machine);
  const left = (key: keyof Amount, size: number) => size - kube[key] - system[key] - eviction[key];
  const allocatable: Amount = {
    cpu: Math.round(left('cpu', machine.cpu) * 1000) / 1000,
    memory: left('memory', parseQuantity(machine.memory)),
    disk: left('disk', parseQuantity(machine.disk)),
  };
  for (const key of ['cpu', 'memory', 'disk'] as const) {
    if (allocatable[key] <= 0) {
      throw new Error(
        `machine ${machine.name}: nothing of its ${key} ${machine[key]} is left for pods once kubelet and operating system have theirs; give it more`,
      );
    }
  }
  return allocatable;
}

function tiered(amount: number, tiers: readonly Tier[]): number {
  let from = 0;
  let reserved = 0;
  for (const [upTo, share] of tiers) {
    reserved += Math.max(0, Math.min(amount, upTo) - from) * share;
    from = upTo;
  }
  return reserved;
}

const thousandths = (cores: number): number => Math.ceil(Math.round(cores * 1e6) / 1e3) / 1e3;
const mebibytes = (bytes: number): number => Math.ceil(bytes / MI) * MI;
