import { z } from 'zod';
import { WORKFLOW_API } from '../../core/argo-workflow';
import type { KubeClient } from '../../services/shared/kube-client';

const ALL = `/apis/${WORKFLOW_API.group}/${WORKFLOW_API.version}/${WORKFLOW_API.plural}`;
const Page = z.object({
  metadata: z.object({ remainingItemCount: z.int().default(0) }),
  items: z.array(z.object({ metadata: z.object({ namespace: z.string(), name: z.string() }) })),
});

/** How many Workflows there are in the cluster, and one of them. */
export async function countWorkflows(
  admin: KubeClient,
): Promise<{ readonly count: number; readonly one: { namespace: string; name: string } | undefined }> {
  const { metadata, items } = Page.parse(await admin.get(`${ALL}?limit=1`));
  return { count: items.length + metadata.remainingItemCount, one: items[0]?.metadata };
}

/** Deletes every Workflow of these namespaces. */
export async function deleteWorkflows(admin: KubeClient, namespaces: readonly string[]): Promise<void> {
  const { group, version, plural } = WORKFLOW_API;
  for (const namespace of namespaces) {
    await admin.delete(`/apis/${group}/${version}/namespaces/${namespace}/${plural}`);
  }
}
