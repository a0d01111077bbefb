/** A finding of an outside linter that is left as it is. */
export interface Suppression {
  readonly linter: 'checkov' | 'kube-score';
  /** The linter's own id of the check. */
  readonly check: string;
  /** Objects it is left for, as `Kind/name`; absent: all that have the finding. */
  readonly objects?: readonly string[];
  readonly why: string;
}

const NO_CPU_LIMIT =
  'CPU is shared by request under contention; a throttled controller is a late vote (constructs/hardened.ts)';
const PULLED_ONCE =
  'an image pinned by digest is the same whenever it is pulled; asking the registry at each start only makes it a reason not to start';
const ONE_AT_A_TIME =
  'two at a time would act twice: the old pod is gone before the new one begins, and what happens meanwhile waits on disk';
const ALL_OF_OURS =
  'the rule images-pinned is stricter: it names each image, and refuses what the stack does not acknowledge';

/** Every finding of checkov and kube-score that is not mended, with its reason. */
export const SUPPRESSIONS: readonly Suppression[] = [
  { linter: 'checkov', check: 'CKV_K8S_11', why: NO_CPU_LIMIT },
  { linter: 'kube-score', check: 'container-resources', why: NO_CPU_LIMIT },
  { linter: 'checkov', check: 'CKV_K8S_15', why: PULLED_ONCE },
  { linter: 'kube-score', check: 'container-image-pull-policy', why: PULLED_ONCE },
  { linter: 'checkov', check: 'CKV_K8S_43', why: ALL_OF_OURS },
  {
    linter: 'checkov',
    check: 'CKV_K8S_38',
    objects: [
      'Deployment/provisioner',
      'Deployment/workflow-controller',
      'Deployment/argo-events-controller',
      'StatefulSet/gateway',
      'Deployment/trigger',
      'Deployment/reporter',
      'Deployment/argo-server',
      'Deployment/status',
    ],
    why: 'each of them talks to the API server; all others get no token',
  },
  {
    linter: 'checkov',
    check: 'CKV_K8S_158',
    objects: ['ClusterRole/seakeeper-serviceops-cluster', 'ClusterRole/seakeeper-serviceops-foundation'],
    why: 'whoever deploys the foundation makes the roles it is made of; what that amounts to, and its fence, is ADR 29',
  },
  {
    linter: 'checkov',
    check: 'CKV_K8S_35',
    objects: ['StatefulSet/minio', 'Job/store-setup'],
    why: 'MinIO and its client read their credentials from the environment; their pods run nothing else',
  },
  {
    linter: 'kube-score',
    check: 'container-ephemeral-storage-request-and-limit',
    why: '/tmp is bounded by its volume; a request could be granted by no node that does not measure its disk',
  },
  {
    linter: 'kube-score',
    check: 'statefulset-has-servicename',
    why: 'nobody addresses one pod of them: their Service is the one its clients use',
  },
  {
    linter: 'kube-score',
    check: 'deployment-strategy',
    objects: ['Deployment/trigger'],
    why: ONE_AT_A_TIME,
  },
  {
    linter: 'kube-score',
    check: 'deployment-replicas',
    objects: ['Deployment/trigger'],
    why: ONE_AT_A_TIME,
  },
  {
    linter: 'kube-score',
    check: 'service-targets-pod',
    objects: ['Service/gateway'],
    why: 'it selects the label that the replica which leads puts on its own pod (ADR 34)',
  },
  {
    linter: 'kube-score',
    check: 'networkpolicy-targets-pod',
    why: "a project's policies are for pods that Workflows make; those of EventSource and Sensor are made by Argo Events",
  },
];
