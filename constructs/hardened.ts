import { k8s } from 'cdk8s-plus-27';

/** User our own images and those of the system run as; any number but 0 would do. */
export const RUN_AS_USER = 65_532;

/** What Pod Security `restricted` asks of a pod, as plain data that Argo's own objects take too. */
export const POD_SECURITY = {
  runAsNonRoot: true,
  runAsUser: RUN_AS_USER,
  runAsGroup: RUN_AS_USER,
  fsGroup: RUN_AS_USER,
  seccompProfile: { type: 'RuntimeDefault' },
} as const;

/** What Pod Security `restricted` asks of a container, and a root file system nobody writes. */
export const CONTAINER_SECURITY = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  runAsNonRoot: true,
  capabilities: { drop: ['ALL'] },
  seccompProfile: { type: 'RuntimeDefault' },
} as const;

/** `CONTAINER_SECURITY` in the mutable form the Kubernetes types want. */
export function containerSecurity(): k8s.SecurityContext {
  return { ...CONTAINER_SECURITY, capabilities: { drop: ['ALL'] } };
}

/** What a container asks for and may use. CPU has no ceiling: a throttled controller is a late vote. */
export interface Compute {
  /** Requested CPU, such as `50m`. */
  readonly cpu: string;
  /** Requested memory, such as `64Mi`. */
  readonly memory: string;
  /** Most memory; the container is killed beyond it. */
  readonly memoryLimit: string;
}

/** Resources of a container, as plain data. */
export function plainResources({ cpu, memory, memoryLimit }: Compute) {
  return { requests: { cpu, memory }, limits: { memory: memoryLimit } };
}

/** Resources of a container of the system, as the Kubernetes types want them. */
export function resources({ cpu, memory, memoryLimit }: Compute): k8s.ResourceRequirements {
  const quantity = k8s.Quantity.fromString;
  return {
    requests: { cpu: quantity(cpu), memory: quantity(memory) },
    limits: { memory: quantity(memoryLimit) },
  };
}
