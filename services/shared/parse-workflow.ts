import { gunzipSync } from 'node:zlib';
import { z } from 'zod';
import { ArgoWorkflow, WorkflowNode } from '../../core/argo-workflow';

const Nodes = z.record(z.string(), WorkflowNode);
/** A graph larger than this was not written by Argo. Bytes. */
const MAX_GRAPH_BYTES = 64 * 1024 * 1024;

/** Reads a Workflow as the API server sends it, with its graph unpacked. Throws `ZodError` when it is none. */
export function parseWorkflow(object: unknown): ArgoWorkflow {
  const workflow = ArgoWorkflow.parse(object);
  const { compressedNodes } = workflow.status;
  if (!compressedNodes) {
    return workflow;
  }
  const json = gunzipSync(Buffer.from(compressedNodes, 'base64'), { maxOutputLength: MAX_GRAPH_BYTES });
  return { ...workflow, status: { ...workflow.status, nodes: Nodes.parse(JSON.parse(json.toString('utf8'))) } };
}
