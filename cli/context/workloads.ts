import { z } from 'zod';
import { Namespace } from '../../core/labels';
import type { KubeClient } from '../../services/shared/kube-client';

const Items = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string(), namespace: z.string() }),
      spec: z.object({ replicas: z.int().default(1) }),
      status: z.object({ readyReplicas: z.int().default(0) }),
    }),
  ),
});

/** A Deployment or StatefulSet of the system. */
export interface Workload {
  readonly namespace: string;
  readonly name: string;
  /** Pods that are ready, and pods there should be. */
  readonly ready: number;
  readonly wanted: number;
}

/** What runs in the system's namespaces, by namespace and name. */
export async function readWorkloads(kube: Pick<KubeClient, 'get'>): Promise<Workload[]> {
  const ours = new Set<string>(Object.values(Namespace));
  const kinds = await Promise.all(
    ['deployments', 'statefulsets'].map(async (kind) => Items.parse(await kube.get(`/apis/apps/v1/${kind}`)).items),
  );
  return kinds
    .flat()
    .filter(({ metadata }) => ours.has(metadata.namespace))
    .map(({ metadata, spec, status }) => ({ ...metadata, ready: status.readyReplicas, wanted: spec.replicas }))
    .sort((a, b) => `${a.namespace}/${a.name}`.localeCompare(`${b.namespace}/${b.name}`));
}
