import {
  type ArgoWorkflow,
  isFinished,
  type Phase,
  podName,
  podNodes,
  stepName,
  type WorkflowNode,
} from '../../core/argo-workflow';
import { Annotation, Label } from '../../core/labels';
import { type RunAddress, runPath } from '../../core/permalink';

/** Name under which Argo keeps a pod's log among its artifacts, and the file it is. */
const LOG_ARTIFACT = 'main-logs';
const LOG_FILE = 'main.log';

export interface StepModel {
  readonly name: string;
  readonly pod: string;
  readonly phase: Phase;
  readonly message: string;
  readonly startedAt: string | undefined;
  readonly seconds: number | undefined;
  /** Path of the whole log; undefined when the step never ran. */
  readonly logPath: string | undefined;
  /** Whether it is over and did not succeed. */
  readonly failed: boolean;
}

export interface ArtifactModel {
  /** File as people know it: step and name. */
  readonly name: string;
  readonly path: string;
}

/** One run as its page shows it. */
export interface RunModel {
  readonly address: RunAddress;
  readonly path: string;
  readonly project: string | undefined;
  readonly change: { readonly number: string; readonly patchSet: string } | undefined;
  readonly ref: string | undefined;
  readonly revision: string | undefined;
  /** `Kept` is a run of which only logs and artifacts are left. */
  readonly phase: Phase | 'Kept';
  readonly message: string;
  readonly startedAt: string | undefined;
  readonly seconds: number | undefined;
  readonly running: boolean;
  readonly steps: readonly StepModel[];
  readonly artifacts: readonly ArtifactModel[];
}

/** Where all of a run lies in the bucket. */
export const storePrefix = ({ namespace, workflow }: RunAddress): string => `${namespace}/${workflow}/`;

/** Where the log of one of a run's pods lies in the bucket. */
export const logKey = (address: RunAddress, pod: string): string => `${storePrefix(address)}${pod}/${LOG_FILE}`;

/** A Workflow as its page shows it; undefined when it is not a run of this pipeline. */
export function modelRun(workflow: ArgoWorkflow, pipeline: string, nowMs: number): RunModel | undefined {
  const { metadata, status } = workflow;
  if (metadata.labels[Label.pipeline] !== pipeline || metadata.labels[Label.run] === undefined) {
    return undefined;
  }
  const address = { pipeline, namespace: metadata.namespace, workflow: metadata.name };
  const number = metadata.labels[Label.change];
  const patchSet = metadata.labels[Label.patchSet];
  const hasChange = number !== undefined && patchSet !== undefined && /^\d+$/.test(number);
  const pods = podNodes(workflow);
  return {
    address,
    path: runPath(address),
    project: metadata.annotations[Annotation.project],
    change: hasChange ? { number, patchSet } : undefined,
    ref: metadata.annotations[Annotation.ref],
    revision: metadata.annotations[Annotation.revision],
    phase: status.phase,
    message: status.message,
    startedAt: status.startedAt ?? metadata.creationTimestamp,
    seconds: secondsBetween(status.startedAt, status.finishedAt, nowMs),
    running: !isFinished(status.phase),
    steps: pods.map((node) => modelStep(address, node, nowMs)),
    artifacts: pods.flatMap((node) => modelArtifacts(address, node)),
  };
}

/** What the ledger knows of a run. */
export type RecordedRun = Pick<RunModel, 'project' | 'change'>;

/** What is left of a run whose Workflow is gone, from the keys under its prefix and the ledger; undefined when nothing is. */
export function modelKeptRun(
  address: RunAddress,
  keys: readonly string[],
  recorded?: RecordedRun,
): RunModel | undefined {
  const prefix = storePrefix(address);
  const own = keys.filter((key) => key.startsWith(prefix));
  if (own.length === 0 && recorded === undefined) {
    return undefined;
  }
  const path = runPath(address);
  const isLog = (key: string) => key.endsWith(`/${LOG_FILE}`) && key.slice(prefix.length).split('/').length === 2;
  return {
    address,
    path,
    project: recorded?.project,
    change: recorded?.change,
    ref: undefined,
    revision: undefined,
    phase: 'Kept',
    message: '',
    startedAt: undefined,
    seconds: undefined,
    running: false,
    steps: own.filter(isLog).map((key) => {
      const pod = key.slice(prefix.length, -`/${LOG_FILE}`.length);
      const name = pod.startsWith(`${address.workflow}-`) ? pod.slice(address.workflow.length + 1) : pod;
      return {
        name: name.replace(/-\d+$/, ''),
        pod,
        phase: '',
        message: '',
        startedAt: undefined,
        seconds: undefined,
        logPath: `${path}/log/${pod}`,
        failed: false,
      };
    }),
    artifacts: own.filter((key) => !isLog(key)).map((key) => artifactOf(path, prefix, key)),
  };
}

function modelStep(address: RunAddress, node: WorkflowNode, nowMs: number): StepModel {
  const pod = podName(address.workflow, node);
  const hasRun = !['', 'Pending', 'Skipped', 'Omitted'].includes(node.phase);
  return {
    name: stepName(node),
    pod,
    phase: node.phase,
    message: node.message,
    startedAt: node.startedAt ?? undefined,
    seconds: secondsBetween(node.startedAt, node.finishedAt, nowMs),
    logPath: hasRun ? `${runPath(address)}/log/${pod}` : undefined,
    failed: node.phase === 'Failed' || node.phase === 'Error',
  };
}

/** Artifacts under the run's own prefix; a tenant may name another key, which we do not serve. */
function modelArtifacts(address: RunAddress, node: WorkflowNode): ArtifactModel[] {
  const prefix = storePrefix(address);
  return (node.outputs?.artifacts ?? []).flatMap(({ name, s3 }) => {
    const key = s3?.key ?? '';
    if (name === LOG_ARTIFACT || !key.startsWith(prefix)) {
      return [];
    }
    return [{ ...artifactOf(runPath(address), prefix, key), name: `${stepName(node)}: ${name}` }];
  });
}

function artifactOf(path: string, prefix: string, key: string): ArtifactModel {
  const name = key.slice(prefix.length);
  return { name, path: `${path}/artifact/${name.split('/').map(encodeURIComponent).join('/')}` };
}

function secondsBetween(start: string | null | undefined, end: string | null | undefined, nowMs: number) {
  const from = Date.parse(start ?? '');
  const to = end ? Date.parse(end) : nowMs;
  return Number.isNaN(from) ? undefined : Math.max(0, Math.round((to - from) / 1000));
}
