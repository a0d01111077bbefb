import { EXECUTOR_RESOURCES } from '../core/run-resources';
import { Limit } from '../core/workflow-policy/limits';
import { WORKFLOW_POLICY } from '../core/workflow-policy/table';
import { CONTAINER_SECURITY, POD_SECURITY } from './hardened';

/** Properties for `workflowControllerConfig`. */
export interface WorkflowControllerConfigProps {
  /** Runs that our trigger lets in at once in the whole cluster. */
  readonly parallelism: number;
  /** Runs that our trigger lets in at once in one namespace. */
  readonly namespaceParallelism: number;
  /** Pods created a second, so that a burst does not starve the API server. */
  readonly podsPerSecond: number;
}

/**
 * Argo's own limits beside the trigger's. Runs wait before they are Workflows, where somebody is told; what Argo holds back
 * waits without a word. So its limits are a net under Workflows that people submit by hand, and never the tighter ones.
 */
const HEADROOM = 2;

/** What the table says a Workflow has, when its row names one value. */
const FORCED = Object.fromEntries(
  Object.entries(WORKFLOW_POLICY['WorkflowSpec']?.fields ?? {}).flatMap(([field, { value }]) =>
    value === undefined ? [] : [[field, value]],
  ),
);

/**
 * What every Workflow gets that does not say otherwise. Defaults are no enforcement: that is the sanitiser's, and
 * admission's for what is submitted by hand, which holds that these fields are absent or say just this.
 */
const WORKFLOW_DEFAULTS = {
  ...FORCED,
  securityContext: POD_SECURITY,
  activeDeadlineSeconds: 3_600,
  parallelism: Limit.defaultParallelism,
};

/**
 * Data of ConfigMap `workflow-controller-configmap`. Security contexts are set here because Argo gives its init and
 * wait containers none, and Pod Security `restricted` then refuses every pod. There is no default artifact repository:
 * each project namespace names its own.
 */
export function workflowControllerConfig(props: WorkflowControllerConfigProps): Record<string, string> {
  const data = {
    parallelism: HEADROOM * props.parallelism,
    namespaceParallelism: HEADROOM * props.namespaceParallelism,
    resourceRateLimit: { limit: props.podsPerSecond, burst: props.podsPerSecond },
    executor: {
      imagePullPolicy: 'IfNotPresent',
      securityContext: CONTAINER_SECURITY,
      resources: EXECUTOR_RESOURCES,
    },
    mainContainer: {
      imagePullPolicy: 'IfNotPresent',
      // A step's own image may write where it likes inside itself; it still gets no rights outside.
      securityContext: { ...CONTAINER_SECURITY, readOnlyRootFilesystem: false },
    },
    workflowDefaults: { spec: WORKFLOW_DEFAULTS },
    metricsConfig: { enabled: true, path: '/metrics', port: 9090, secure: false },
    podSpecLogStrategy: { failedPod: false, allPods: false },
  };
  // A key a field, each in JSON, which is YAML too.
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, JSON.stringify(value)]));
}
