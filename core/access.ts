/**
 * ClusterRoles that describe one role each. They are bound by RoleBindings inside a namespace, never by a
 * ClusterRoleBinding per project, so adding a project adds nothing at cluster scope.
 */
export const ProjectRole = {
  /** People who run a project: submit, list, logs, stop, terminate, resubmit. */
  owner: 'seakeeper-project-owner',
  /** Trusted people: look, never touch. */
  contributor: 'seakeeper-project-contributor',
  /** The accounts Workflow pods run as: report a task's result, nothing else. */
  runner: 'seakeeper-runner',
  /** The public web: argo-server and our status pages, in public projects. */
  publicViewer: 'seakeeper-public-viewer',
  trigger: 'seakeeper-trigger',
  reporter: 'seakeeper-reporter',
  /** What the workflow-controller writes: pods and Workflows of a project namespace, nowhere else. */
  workflowRunner: 'seakeeper-workflow-runner',
} as const;
export type ProjectRole = (typeof ProjectRole)[keyof typeof ProjectRole];

/** Roles of the people who run the system: in the namespaces of their layers, and at cluster scope `-cluster` behind it. */
export const OperatorRole = {
  releng: 'seakeeper-releng',
  serviceops: 'seakeeper-serviceops',
} as const;
export type OperatorRole = keyof typeof OperatorRole;

/** PriorityClasses: they decide preemption only; waiting is decided before a Workflow exists. */
export const PriorityClass = {
  /** The system itself: preempts any run. */
  system: 'seakeeper-system',
  /** Runs of reviewed code: gate and deploy work is never starved by checks. */
  'post-review': 'seakeeper-post-review',
  /** Runs of anybody's code. */
  'pre-review': 'seakeeper-pre-review',
} as const;

/** ServiceAccounts of the system, by service. The API server spells one `system:serviceaccount:<namespace>:<name>`. */
export const ServiceAccounts = {
  gateway: { namespace: 'gerrit-gateway', name: 'gateway' },
  trigger: { namespace: 'gerrit-gateway', name: 'trigger' },
  reporter: { namespace: 'gerrit-gateway', name: 'reporter' },
  nats: { namespace: 'gerrit-gateway', name: 'nats' },
  eventSource: { namespace: 'gerrit-gateway', name: 'event-source' },
  sensor: { namespace: 'gerrit-gateway', name: 'sensor' },
  workflowController: { namespace: 'argo-system', name: 'workflow-controller' },
  eventsController: { namespace: 'argo-system', name: 'argo-events-controller' },
  argoServer: { namespace: 'argo-ui', name: 'argo-server' },
  status: { namespace: 'argo-ui', name: 'status' },
  provisioner: { namespace: 'seakeeper-system', name: 'provisioner' },
  minio: { namespace: 'artifacts', name: 'minio' },
  storeSetup: { namespace: 'artifacts', name: 'store-setup' },
} as const;
