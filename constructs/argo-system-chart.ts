import { type App, Chart } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import { ServiceAccounts } from '../core/access';
import { type Images, imageReference } from '../core/images';
import { Namespace } from '../core/labels';
import type { Compute } from './hardened';
import { commonLabels } from './metadata';
import { allow, bindInNamespace } from './rbac';
import { workflowControllerConfig } from './workflow-controller-config';
import { httpProbe, Workload } from './workload';

const EVENTS_CONFIG = 'argo-events-controller-config';
/** Argo reads its settings from a ConfigMap of this name. */
export const WORKFLOW_CONTROLLER_CONFIG = 'workflow-controller-configmap';

/** Properties for `ArgoSystemChart`. */
export interface ArgoSystemChartProps {
  readonly images: Images;
  /** Pods of each controller; one leads, the others stand by. @default 1 */
  readonly replicas?: number;
  /** Workflows that run at once. @default 200 */
  readonly parallelism?: number;
  /** Workflows that run at once in one namespace. @default 20 */
  readonly namespaceParallelism?: number;
  /** Pods created a second. @default 50 */
  readonly podsPerSecond?: number;
  /** @default - `100m`, `96Mi` to `1Gi` */
  readonly workflowControllerCompute?: Compute;
}

/**
 * The controllers that fulfil Argo's objects, in their own namespace: workflow-controller for Workflows everywhere,
 * Argo Events' controller-manager for EventBus, EventSource and Sensor in `gerrit-gateway` and nowhere else, so that a
 * malformed one elsewhere cannot stop it.
 */
export class ArgoSystemChart extends Chart {
  constructor(scope: App, id: string, props: ArgoSystemChartProps) {
    super(scope, id, { namespace: Namespace.argoSystem });

    const replicas = props.replicas ?? 1;
    this.addWorkflowController(props, replicas);
    this.addEventsController(props.images, replicas);
  }

  private addWorkflowController(props: ArgoSystemChartProps, replicas: number): void {
    const account = ServiceAccounts.workflowController;
    new k8s.KubeConfigMap(this, 'WorkflowControllerConfig', {
      metadata: { name: WORKFLOW_CONTROLLER_CONFIG, labels: commonLabels(WORKFLOW_CONTROLLER_CONFIG) },
      data: workflowControllerConfig({
        parallelism: props.parallelism ?? 200,
        namespaceParallelism: props.namespaceParallelism ?? 20,
        podsPerSecond: props.podsPerSecond ?? 50,
      }),
    });
    this.addRole('WorkflowControllerRole', account.name, [
      allow('coordination.k8s.io', ['leases'], ['create', 'get', 'update']),
      allow('', ['events'], ['create', 'patch']),
    ]);
    new Workload(this, 'WorkflowController', {
      account,
      image: imageReference(props.images['workflow-controller']),
      command: ['workflow-controller'],
      args: [
        '--executor-image',
        imageReference(props.images.argoexec),
        '--executor-image-pull-policy',
        'IfNotPresent',
        '--log-format',
        'json',
        '--qps',
        '50',
        '--burst',
        '100',
      ],
      env: [
        { name: 'LEADER_ELECTION_IDENTITY', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
        // `{{=…}}` evaluates expressions over what a tenant wrote; the plain `{{…}}` is all a definition may use.
        { name: 'EXPRESSION_TEMPLATES', value: 'false' },
        // How long a change of a Workflow or its pods waits before it is looked at, so that several cost one look.
        // Argo's own 10 s is paid again at every step of a run.
        { name: 'DEFAULT_REQUEUE_TIME', value: '250ms' },
      ],
      compute: props.workflowControllerCompute ?? { cpu: '100m', memory: '96Mi', memoryLimit: '1Gi' },
      replicas,
      ports: [{ name: 'metrics', port: 9090 }],
      liveness: {
        httpGet: { path: '/healthz', port: k8s.IntOrString.fromNumber(6060) },
        initialDelaySeconds: 30,
        periodSeconds: 30,
        timeoutSeconds: 10,
        failureThreshold: 3,
      },
      readiness: httpProbe('/metrics', 'metrics', { periodSeconds: 2 }),
      usesApi: true,
    });
  }

  private addEventsController(images: Images, replicas: number): void {
    const account = ServiceAccounts.eventsController;
    new k8s.KubeConfigMap(this, 'EventsControllerConfig', {
      metadata: { name: EVENTS_CONFIG, labels: commonLabels(EVENTS_CONFIG) },
      data: { 'controller-config.yaml': JSON.stringify(eventsControllerConfig(images)) },
    });
    this.addRole('EventsControllerRole', account.name, [
      allow('coordination.k8s.io', ['leases'], ['create', 'get', 'update']),
      allow('', ['events'], ['create', 'patch']),
    ]);
    new Workload(this, 'EventsController', {
      account,
      image: imageReference(images['argo-events']),
      command: ['/bin/argo-events'],
      args: ['controller', '--namespaced', '--managed-namespace', Namespace.gerritGateway],
      env: [
        { name: 'NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
        { name: 'ARGO_EVENTS_IMAGE', value: imageReference(images['argo-events']) },
        // The field in an EventSource's or Sensor's own template is ignored.
        { name: 'IMAGE_PULL_POLICY', value: 'IfNotPresent' },
      ],
      compute: { cpu: '25m', memory: '64Mi', memoryLimit: '256Mi' },
      replicas,
      ports: [
        { name: 'metrics', port: 7777 },
        { name: 'health', port: 8081 },
      ],
      liveness: httpProbe('/healthz', 'health', { initialDelaySeconds: 5, periodSeconds: 10 }),
      readiness: httpProbe('/readyz', 'health', { periodSeconds: 2 }),
      mounts: [
        {
          name: 'config',
          path: '/etc/argo-events',
          readOnly: true,
          volume: { configMap: { name: EVENTS_CONFIG } },
        },
      ],
      usesApi: true,
    });
  }

  private addRole(id: string, name: string, rules: k8s.PolicyRule[]): void {
    new k8s.KubeRole(this, id, { metadata: { name, labels: commonLabels(name) }, rules });
    bindInNamespace(this, `${id}Binding`, {
      name,
      namespace: Namespace.argoSystem,
      role: { kind: 'Role', name },
      accounts: [{ namespace: Namespace.argoSystem, name }],
    });
  }
}

/** The controller insists on versions of the managed buses. Ours names an existing JetStream, so they are never run. */
function eventsControllerConfig(images: Images) {
  const unused = imageReference(images.nats);
  return {
    eventBus: {
      nats: { versions: [{ version: 'unused', natsStreamingImage: unused, metricsExporterImage: unused }] },
      jetstream: {
        versions: [
          {
            version: 'unused',
            natsImage: unused,
            metricsExporterImage: unused,
            configReloaderImage: unused,
            startCommand: '/nats-server',
          },
        ],
      },
    },
  };
}
