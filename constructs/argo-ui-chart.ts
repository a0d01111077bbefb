import { type App, Chart } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import { ServiceAccounts } from '../core/access';
import { type Images, imageReference } from '../core/images';
import { Namespace } from '../core/labels';
import { Port, type StatusConfig } from '../core/service-config';
import { WORKFLOW_CONTROLLER_CONFIG } from './argo-system-chart';
import { allowIngress } from './ingress';
import { commonLabels } from './metadata';
import { allow, bindInNamespace } from './rbac';
import { ServiceDeployment } from './service-deployment';
import { httpProbe, Workload } from './workload';

/** Port of argo-server: API, logs and, with upstream's image, its web page. */
export const ARGO_SERVER_PORT = 2746;

/** Properties for `ArgoUiChart`. */
export interface ArgoUiChartProps {
  readonly images: Images;
  readonly status: StatusConfig;
  /** @default 1 */
  readonly replicas?: number;
  /** @default - reached through the site's own ingress only */
  readonly nodePorts?: { readonly status: number; readonly argoServer: number };
}

/**
 * What the public sees: argo-server, and our status pages. Both read Workflows in the namespaces of public projects
 * only, by RoleBindings that those namespaces carry, so that an anonymous write has no right to use.
 */
export class ArgoUiChart extends Chart {
  constructor(scope: App, id: string, props: ArgoUiChartProps) {
    super(scope, id, { namespace: Namespace.argoUi });

    this.addArgoServer(props);
    new ServiceDeployment(this, 'Status', {
      account: ServiceAccounts.status,
      image: imageReference(props.images.services),
      config: props.status,
      secrets: true,
      callsLedger: true,
      replicas: props.replicas ?? 1,
      ports: [
        {
          name: 'status',
          port: Port.status,
          ...(props.nodePorts === undefined ? {} : { nodePort: props.nodePorts.status }),
        },
      ],
    });
    allowIngress(this, 'StatusIngress', { to: ServiceAccounts.status, port: Port.status, from: 'anyone' });
    allowIngress(this, 'ArgoServerIngress', { to: ServiceAccounts.argoServer, port: ARGO_SERVER_PORT, from: 'anyone' });
  }

  private addArgoServer({ images, replicas, nodePorts }: ArgoUiChartProps): void {
    const account = ServiceAccounts.argoServer;
    // It insists on a ConfigMap of this name beside it; the controller's own settings are none of its business.
    new k8s.KubeConfigMap(this, 'ArgoServerConfig', {
      metadata: { name: WORKFLOW_CONTROLLER_CONFIG, labels: commonLabels(WORKFLOW_CONTROLLER_CONFIG) },
      data: { columns: '[]' },
    });
    new k8s.KubeRole(this, 'ArgoServerRole', {
      metadata: { name: account.name, labels: commonLabels(account.name) },
      rules: [{ ...allow('', ['configmaps'], ['get', 'watch', 'list']), resourceNames: [WORKFLOW_CONTROLLER_CONFIG] }],
    });
    bindInNamespace(this, 'ArgoServerBinding', {
      name: account.name,
      namespace: Namespace.argoUi,
      role: { kind: 'Role', name: account.name },
      accounts: [account],
    });
    new Workload(this, 'ArgoServer', {
      account,
      image: imageReference(images['argo-server']),
      command: ['/bin/argo'],
      args: [
        'server',
        // Every visitor acts as the server's own account, which may only look.
        '--auth-mode',
        'server',
        // TLS ends at the site's ingress.
        '--secure=false',
        '--x-frame-options',
        'DENY',
        '--log-format',
        'json',
      ],
      compute: { cpu: '25m', memory: '64Mi', memoryLimit: '512Mi' },
      replicas: replicas ?? 1,
      ports: [
        {
          name: 'web',
          port: ARGO_SERVER_PORT,
          ...(nodePorts === undefined ? {} : { nodePort: nodePorts.argoServer }),
        },
      ],
      readiness: httpProbe('/', 'web', { periodSeconds: 3 }),
      liveness: { tcpSocket: { port: k8s.IntOrString.fromString('web') }, initialDelaySeconds: 15, periodSeconds: 20 },
      usesApi: true,
    });
  }
}
