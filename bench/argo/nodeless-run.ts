import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { ArgoWorkflow, isFinished, WORKFLOW_API } from '../../core/argo-workflow';
import { until } from '../../local/until';
import type { KubeClient } from '../../services/shared/kube-client';

const LOOK_EVERY_MS = 5;
const WITHIN_MS = 60_000;

const Pods = z.object({ items: z.array(z.object({ metadata: z.object({ name: z.string() }) })) });
const Quota = z.object({ spec: z.object({ hard: z.record(z.string(), z.string()) }) });

/** What one run of one step took the controller, in milliseconds. */
export interface RunTimes {
  /** From the Workflow's creation until its pod is there. */
  readonly podMs: number;
  /** From the pod's end until the Workflow says it ended. */
  readonly endMs: number;
}

const workflowsPath = (namespace: string) =>
  `/apis/${WORKFLOW_API.group}/${WORKFLOW_API.version}/namespaces/${namespace}/${WORKFLOW_API.plural}`;

/** Lets pods into a namespace: the quota's status as a controller-manager would write it, with no pod that is not ended. */
export async function openQuota(admin: KubeClient, namespace: string): Promise<void> {
  const path = `/api/v1/namespaces/${namespace}/resourcequotas/compute`;
  const { hard } = Quota.parse(await admin.get(path)).spec;
  const used = Object.fromEntries(Object.keys(hard).map((name) => [name, '0']));
  await admin.patch(`${path}/status`, 'merge', { status: { hard, used } });
}

/** Creates a Workflow of one step. Resolves to its name. */
export async function createRun(admin: KubeClient, namespace: string): Promise<string> {
  const name = `bench-${randomBytes(6).toString('hex')}`;
  await admin.create(workflowsPath(namespace), {
    apiVersion: `${WORKFLOW_API.group}/${WORKFLOW_API.version}`,
    kind: 'Workflow',
    metadata: { name },
    spec: {
      entrypoint: 'main',
      archiveLogs: false,
      templates: [
        {
          name: 'main',
          container: { image: 'registry.example/none', command: ['true'], resources: SMALL },
        },
      ],
    },
  });
  return name;
}

const SMALL = { requests: { cpu: '10m', memory: '16Mi' }, limits: { memory: '32Mi' } };

/** Waits until the Workflow's pod is there. Resolves to the pod's name. */
export async function untilPod(admin: KubeClient, namespace: string, workflow: string): Promise<string> {
  const selector = new URLSearchParams({ labelSelector: `workflows.argoproj.io/workflow=${workflow}` });
  const look = async () =>
    Pods.parse(await admin.get(`/api/v1/namespaces/${namespace}/pods?${selector}`)).items[0]?.metadata.name;
  return until(`Workflow ${workflow} has a pod`, look, WITHIN_MS, LOOK_EVERY_MS);
}

/** One run from creation to end. There are no nodes, so its pod "ends" when we say so in its status. */
export async function timeRun(admin: KubeClient, namespace: string): Promise<RunTimes> {
  const created = performance.now();
  const workflow = await createRun(admin, namespace);
  const pod = await untilPod(admin, namespace, workflow);
  const podMs = performance.now() - created;
  await endPod(admin, namespace, pod);
  const ended = performance.now();
  await until(
    `Workflow ${workflow} has ended`,
    async () => {
      const { status } = ArgoWorkflow.parse(await admin.get(`${workflowsPath(namespace)}/${workflow}`));
      return isFinished(status.phase);
    },
    WITHIN_MS,
    LOOK_EVERY_MS,
  );
  return { podMs, endMs: performance.now() - ended };
}

/** Says of a pod what its kubelet would: every container ended well. */
async function endPod(admin: KubeClient, namespace: string, pod: string): Promise<void> {
  const now = new Date().toISOString();
  const terminated = { exitCode: 0, reason: 'Completed', startedAt: now, finishedAt: now };
  const ended = (name: string) => ({
    name,
    image: 'none',
    imageID: 'none',
    ready: false,
    restartCount: 0,
    state: { terminated },
  });
  await admin.patch(`/api/v1/namespaces/${namespace}/pods/${pod}/status`, 'merge', {
    status: {
      phase: 'Succeeded',
      startTime: now,
      initContainerStatuses: [ended('init')],
      containerStatuses: [ended('wait'), ended('main')],
    },
  });
}
