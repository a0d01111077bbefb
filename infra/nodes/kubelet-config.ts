import { POOL_TAINT, UNASSIGNED } from '../../core/pool';
import { cpuQuantity, memoryQuantity } from '../../core/quantity';
import type { Machine } from '../capacity/config';
import type { Amount } from '../capacity/requirement';
import { EVICTION_HARD, MAX_PODS, reservationsOf } from './reservations';

/** Percentages of the images' disk: unused ones go from `high` on, before `imagefs.available` would evict pods. */
const IMAGE_GC = { high: 80, low: 70 } as const;

/** Processes of one pod: far above any build's, far below a machine's. */
const POD_PIDS = 4096;

/**
 * The part of a machine's KubeletConfiguration (kubelet.config.k8s.io/v1beta1) that capacity depends on. Everything else
 * of it, such as certificates, DNS and the runtime's socket, is the provisioner's.
 *
 * A machine joins with a taint that nothing of ours tolerates, and gets its pool from the stack: it may not say itself
 * what runs on it.
 */
export function kubeletConfigOf(machine: Pick<Machine, 'cpu' | 'memory' | 'disk'>) {
  const { kube, system } = reservationsOf(machine);
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    maxPods: MAX_PODS,
    podPidsLimit: POD_PIDS,
    kubeReserved: reserved(kube),
    systemReserved: reserved(system),
    // Pods together are held to what is allocatable; kubelet and the system are not, for what they are held to kills them.
    enforceNodeAllocatable: ['pods'],
    evictionHard: { ...EVICTION_HARD },
    imageGCHighThresholdPercent: IMAGE_GC.high,
    imageGCLowThresholdPercent: IMAGE_GC.low,
    registerWithTaints: [{ key: POOL_TAINT, value: UNASSIGNED, effect: 'NoSchedule' }],
    // A machine that is shut down says so to its pods, and their runs are tried again elsewhere.
    shutdownGracePeriod: '60s',
    shutdownGracePeriodCriticalPods: '20s',
  };
}

/** Where the provisioner puts the folder with `KUBELET_PATCH` on the machine. */
export const PATCH_FOLDER = '/etc/seakeeper/kubelet';

/** kubeadm's name for a patch of the kubelet's configuration. */
export const KUBELET_PATCH = 'kubeletconfiguration+merge.yaml';

/** Where the provisioner puts the kubeconfig the machine joins with. Its credentials are never ours to see. */
export const DISCOVERY_FILE = '/etc/kubernetes/discovery.conf';

/**
 * A machine's JoinConfiguration for `kubeadm join --config` (kubeadm.k8s.io/v1beta4): its name, and the kubelet's
 * configuration above as a patch of the cluster's own.
 *
 * @see https://kubernetes.io/docs/reference/config-api/kubeadm-config.v1beta4/
 */
export function joinConfigOf({ name }: Pick<Machine, 'name'>) {
  return {
    apiVersion: 'kubeadm.k8s.io/v1beta4',
    kind: 'JoinConfiguration',
    discovery: { file: { kubeConfigPath: DISCOVERY_FILE } },
    // None by kubeadm's flag: the kubelet's own configuration has the one.
    nodeRegistration: { name, taints: [] },
    patches: { directory: PATCH_FOLDER },
  };
}

const reserved = ({ cpu, memory, disk }: Amount): Record<string, string> => ({
  cpu: cpuQuantity(cpu),
  memory: memoryQuantity(memory),
  'ephemeral-storage': memoryQuantity(disk),
});
