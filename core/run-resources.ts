/** What a container asks for, as a Kubernetes container spec writes it. */
export interface ContainerResources {
  readonly requests: { readonly cpu: string; readonly memory: string };
  readonly limits: { readonly memory: string };
}

const resources = (cpu: string, memory: string, memoryLimit: string): ContainerResources => ({
  requests: { cpu, memory },
  limits: { memory: memoryLimit },
});

/** Resources of the two containers that Argo adds to every pod of a run, `init` and `wait`. */
export const EXECUTOR_RESOURCES = resources('10m', '32Mi', '256Mi');

/**
 * Resources of the largest container in the pods of curated templates, by ClusterWorkflowTemplate and template. What a
 * pod has before it, a checkout, is never larger.
 */
export const CURATED_RESOURCES = {
  'seakeeper-checkout': { checkout: resources('50m', '64Mi', '512Mi') },
  'seakeeper-run-image': {
    small: resources('100m', '128Mi', '512Mi'),
    medium: resources('500m', '1Gi', '1536Mi'),
    large: resources('2', '4Gi', '6Gi'),
  },
  'seakeeper-cache': { key: resources('50m', '64Mi', '512Mi') },
  'seakeeper-publish': {
    file: resources('10m', '32Mi', '256Mi'),
    folder: resources('10m', '32Mi', '256Mi'),
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, ContainerResources>>>>;
