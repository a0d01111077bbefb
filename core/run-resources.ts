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

/** Resources of the pods of curated templates, by ClusterWorkflowTemplate and template. */
export const CURATED_RESOURCES = {
  'seakeeper-checkout': { checkout: resources('50m', '64Mi', '512Mi') },
} as const satisfies Readonly<Record<string, Readonly<Record<string, ContainerResources>>>>;
