import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { type ArgoWorkflow, isFinished, podNodes, stepName } from '../../core/argo-workflow';
import { Label } from '../../core/labels';
import type { KubeClient } from '../../services/shared/kube-client';
import { parseWorkflow } from '../../services/shared/parse-workflow';

const List = z.object({ items: z.array(z.unknown()) });
const POLL_MS = 300;

export interface RunSought {
  readonly namespace: string;
  readonly change: number;
  readonly patchSet: number;
  /** Give up after this long. */
  readonly timeoutMs: number;
}

/**
 * Waits for the Workflow of a patch set and follows it to its end, saying each step's phase as it changes. Rejects when
 * there is none, or it has not ended, in time.
 */
export async function followRun(
  kube: KubeClient,
  sought: RunSought,
  say: (line: string) => void,
): Promise<ArgoWorkflow> {
  const giveUpAt = Date.now() + sought.timeoutMs;
  const said = new Set<string>();
  const sayOnce = (line: string) => {
    if (!said.has(line)) {
      said.add(line);
      say(line);
    }
  };
  for (;;) {
    const workflow = await findRun(kube, sought);
    if (workflow !== undefined) {
      sayOnce(`Workflow ${workflow.metadata.namespace}/${workflow.metadata.name}`);
      for (const node of podNodes(workflow)) {
        sayOnce(`  ${stepName(node).padEnd(12)} ${node.phase}`);
      }
      if (isFinished(workflow.status.phase)) {
        sayOnce(`Workflow ${workflow.status.phase.toLowerCase()}`);
        return workflow;
      }
    }
    if (Date.now() > giveUpAt) {
      const state = workflow === undefined ? 'has no Workflow' : `is still ${workflow.status.phase || 'waiting'}`;
      throw new Error(
        `change ${sought.change}, patch set ${sought.patchSet} ${state} after ${sought.timeoutMs / 1000} s; see npm run status and the logs of gerrit-gateway's pods`,
      );
    }
    await sleep(POLL_MS);
  }
}

async function findRun(kube: KubeClient, sought: RunSought): Promise<ArgoWorkflow | undefined> {
  const labelSelector = `${Label.change}=${sought.change},${Label.patchSet}=${sought.patchSet}`;
  const query = new URLSearchParams({ labelSelector });
  const { items } = List.parse(
    await kube.get(`/apis/argoproj.io/v1alpha1/namespaces/${sought.namespace}/workflows?${query}`),
  );
  return items.map(parseWorkflow)[0];
}
