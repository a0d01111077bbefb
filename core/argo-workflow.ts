import { z } from 'zod';
import { COMMENTS_PARAMETER } from './inline-comment';

/** The collection of Argo's Workflows; a namespace's own lies under `/namespaces/<name>/`. */
export const WORKFLOW_API = { group: 'argoproj.io', version: 'v1alpha1', plural: 'workflows' } as const;

export const Phase = z.enum(['', 'Pending', 'Running', 'Succeeded', 'Failed', 'Error', 'Skipped', 'Omitted']);
export type Phase = z.infer<typeof Phase>;

/** Where one stored artifact lies in the bucket. */
export const StoredArtifact = z.object({
  name: z.string(),
  s3: z.object({ key: z.string().default('') }).optional(),
});
export type StoredArtifact = z.infer<typeof StoredArtifact>;

/** Of what a step put out, the one parameter that is read: values of others can be large, and graphs are kept in memory. */
const OutputParameters = z
  .array(z.object({ name: z.string(), value: z.string().optional().catch(undefined) }))
  .default([])
  .transform((all) => all.filter(({ name }) => name === COMMENTS_PARAMETER));

/** One node of a run's graph, as Argo's controller writes it. */
export const WorkflowNode = z.object({
  id: z.string(),
  name: z.string(),
  displayName: z.string().default(''),
  type: z.string(),
  templateName: z.string().default(''),
  templateRef: z.object({ template: z.string().default('') }).optional(),
  phase: Phase.catch('').default(''),
  message: z.string().default(''),
  startedAt: z.string().nullish(),
  finishedAt: z.string().nullish(),
  hostNodeName: z.string().optional(),
  children: z.array(z.string()).default([]),
  outputs: z.object({ artifacts: z.array(StoredArtifact).default([]), parameters: OutputParameters }).optional(),
});
export type WorkflowNode = z.infer<typeof WorkflowNode>;

/** A Workflow as far as we read one. The graph is absent while Argo keeps it compressed; see `compressedNodes`. */
export const ArgoWorkflow = z.object({
  metadata: z.object({
    namespace: z.string(),
    name: z.string(),
    uid: z.string(),
    creationTimestamp: z.string().optional(),
    labels: z.record(z.string(), z.string()).default({}),
    annotations: z.record(z.string(), z.string()).default({}),
  }),
  spec: z.object({ shutdown: z.string().optional() }).default({}),
  status: z
    .object({
      phase: Phase.catch('').default(''),
      message: z.string().default(''),
      startedAt: z.string().nullish(),
      finishedAt: z.string().nullish(),
      nodes: z.record(z.string(), WorkflowNode).nullish(),
      /** The graph, gzip and base64, when it is too large for the object. */
      compressedNodes: z.string().optional(),
    })
    .default({ phase: '', message: '' }),
});
export type ArgoWorkflow = z.infer<typeof ArgoWorkflow>;

/** Whether a run or a node has come to its end. */
export const isFinished = (phase: Phase): boolean => !['', 'Pending', 'Running'].includes(phase);

/** The nodes that were pods, in the order they started. */
export function podNodes(workflow: ArgoWorkflow): WorkflowNode[] {
  return Object.values(workflow.status.nodes ?? {})
    .filter((node) => node.type === 'Pod')
    .sort((a, b) => (a.startedAt ?? '').localeCompare(b.startedAt ?? '') || a.name.localeCompare(b.name));
}

const ATTEMPT = /\((\d+)\)$/;

/** Ids of attempts that a later one of the same step has taken the place of. */
export function overtakenAttempts({ status }: ArgoWorkflow): ReadonlySet<string> {
  const nodes = status.nodes ?? {};
  const attemptOf = (id: string): number => Number(ATTEMPT.exec(nodes[id]?.name ?? '')?.[1] ?? -1);
  return new Set(
    Object.values(nodes)
      .filter((node) => node.type === 'Retry')
      .flatMap(({ phase, children }) => {
        const last = Math.max(...children.map(attemptOf));
        return children.filter((id) => attemptOf(id) < last || (phase === 'Succeeded' && nodes[id]?.phase !== phase));
      }),
  );
}

/** What people call a step: its display name without the number of the attempt. */
export const stepName = (node: WorkflowNode): string => (node.displayName || node.name).replace(ATTEMPT, '');

const LONGEST_PREFIX = 253 - 10 - 1;

/** Name of a node's pod, as Argo's controller makes it (`workflow/util/pod_name.go`, version 2 of the format). */
export function podName(workflowName: string, node: WorkflowNode): string {
  if (node.name === workflowName) {
    return workflowName;
  }
  const template = node.templateName || (node.templateRef?.template ?? '');
  const prefix = template === '' ? workflowName : `${workflowName}-${template}`;
  return `${prefix.slice(0, LONGEST_PREFIX)}-${fnv1a(node.name)}`;
}

/** FNV-1a, 32 bits, over UTF-8. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) {
    hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  }
  return hash;
}
