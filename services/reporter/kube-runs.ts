import { z } from 'zod';
import { WORKFLOW_API } from '../../core/argo-workflow';
import type { WorkflowReference } from '../../core/decision';
import { Annotation } from '../../core/labels';
import { type KubeClient, KubeError } from '../shared/kube-client';
import { parseWorkflow } from '../shared/parse-workflow';
import type { Runs } from './ports';

const Pod = z.object({
  metadata: z.object({ deletionTimestamp: z.string().optional() }),
  status: z.object({ conditions: z.array(z.object({ type: z.string(), status: z.string() })).default([]) }),
});

/**
 * What scheduler, kubelet, taint manager and eviction write on a pod they end.
 *
 * @see https://kubernetes.io/docs/concepts/workloads/pods/disruptions/#pod-disruption-conditions
 */
const DISRUPTION = 'DisruptionTarget';

/** Enough for a step's last line and what Argo's executor says after it; the bytes are cut off at the end. */
const TAIL = { lines: 100, bytes: 1024 * 1024 };

/** Workflows and their pods' logs over the API server. */
export class KubeRuns implements Runs {
  constructor(
    private readonly kube: Pick<KubeClient, 'get' | 'patch' | 'text'>,
    private readonly ttlSeconds: number,
  ) {}

  async tail(namespace: string, pod: string): Promise<string | undefined> {
    const query = new URLSearchParams({
      container: 'main',
      tailLines: String(TAIL.lines),
      limitBytes: String(TAIL.bytes),
    });
    try {
      return await this.kube.text(`/api/v1/namespaces/${namespace}/pods/${pod}/log?${query}`);
    } catch (error) {
      // 404: the pod is gone; 400: its container never started. A report without the line is better than none.
      if (error instanceof KubeError) {
        return undefined;
      }
      throw error;
    }
  }

  async wasDisturbed(namespace: string, pod: string): Promise<boolean> {
    try {
      const { metadata, status } = Pod.parse(await this.kube.get(`/api/v1/namespaces/${namespace}/pods/${pod}`));
      return (
        metadata.deletionTimestamp !== undefined ||
        status.conditions.some((condition) => condition.type === DISRUPTION && condition.status === 'True')
      );
    } catch (error) {
      if (error instanceof KubeError && error.status === 404) {
        return true;
      }
      throw error;
    }
  }

  async phase({ namespace, name, uid }: WorkflowReference): Promise<string | undefined> {
    try {
      const { metadata, status } = parseWorkflow(await this.kube.get(pathOf(namespace, name)));
      return metadata.uid === uid ? status.phase : undefined;
    } catch (error) {
      if (error instanceof KubeError && error.status === 404) {
        return undefined;
      }
      throw error;
    }
  }

  async close(run: { namespace: string; workflow: string }, uid: string, reported: string): Promise<void> {
    try {
      await this.kube.patch(pathOf(run.namespace, run.workflow), 'merge', {
        // With the UID in it the API server refuses to touch another Workflow of the same name.
        metadata: { uid, annotations: { [Annotation.reported]: reported } },
        spec: { ttlStrategy: { secondsAfterCompletion: this.ttlSeconds } },
      });
    } catch (error) {
      if (!(error instanceof KubeError && (error.status === 404 || error.status === 409))) {
        throw error;
      }
    }
  }
}

function pathOf(namespace: string, workflow: string): string {
  const { group, version, plural } = WORKFLOW_API;
  return `/apis/${group}/${version}/namespaces/${namespace}/${plural}/${workflow}`;
}
