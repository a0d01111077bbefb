import { type App, Chart } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import { ServiceAccounts } from '../core/access';
import { type Images, imageReference } from '../core/images';
import { Label, Namespace } from '../core/labels';
import type { StoreConfig } from '../core/service-config';
import { commonLabels, selectorLabels } from './metadata';
import { StoreSecret } from './store-setup-chart';
import { httpProbe, Workload, type WorkloadProps } from './workload';

/** S3 port of the artifact store. */
export const STORE_PORT = 9000;

/** The artifact store as pods reach it. */
export const STORE: StoreConfig = {
  endpoint: `${ServiceAccounts.minio.name}.${ServiceAccounts.minio.namespace}.svc:${STORE_PORT}`,
  insecure: true,
  bucket: 'artifacts',
  region: 'us-east-1',
};

/** Properties for `ArtifactsChart`. */
export interface ArtifactsChartProps {
  readonly images: Images;
  readonly claim: NonNullable<WorkloadProps['claim']>;
}

/** The artifact store: MinIO on a volume. What is in it is `StoreSetupChart`'s. */
export class ArtifactsChart extends Chart {
  constructor(scope: App, id: string, props: ArtifactsChartProps) {
    super(scope, id, { namespace: Namespace.artifacts });

    const root = (name: string, key: string): k8s.EnvVar => ({
      name,
      valueFrom: { secretKeyRef: { name: StoreSecret.root, key } },
    });
    new Workload(this, 'Store', {
      account: ServiceAccounts.minio,
      image: imageReference(props.images.minio),
      command: ['/usr/bin/minio'],
      args: ['server', '/data', '--address', `:${STORE_PORT}`],
      env: [
        root('MINIO_ROOT_USER', 'user'),
        root('MINIO_ROOT_PASSWORD', 'password'),
        { name: 'MINIO_REGION', value: STORE.region },
        { name: 'MINIO_BROWSER', value: 'off' },
        { name: 'MINIO_UPDATE', value: 'off' },
        { name: 'HOME', value: '/tmp' },
      ],
      compute: { cpu: '100m', memory: '192Mi', memoryLimit: '2Gi' },
      ports: [{ name: 's3', port: STORE_PORT }],
      mounts: [{ name: 'claim', path: '/data', volume: 'claim' }],
      readiness: httpProbe('/minio/health/ready', 's3', { periodSeconds: 2 }),
      liveness: httpProbe('/minio/health/live', 's3', { initialDelaySeconds: 15, periodSeconds: 20 }),
      claim: props.claim,
    });
    this.openStore();
  }

  private openStore(): void {
    const callers = [ServiceAccounts.storeSetup, ServiceAccounts.provisioner, ServiceAccounts.status];
    new k8s.KubeNetworkPolicy(this, 'Ingress', {
      metadata: { name: `minio-${STORE_PORT}`, labels: commonLabels(`minio-${STORE_PORT}`) },
      spec: {
        podSelector: { matchLabels: selectorLabels(ServiceAccounts.minio.name) },
        policyTypes: ['Ingress'],
        ingress: [
          {
            ports: [{ protocol: 'TCP', port: k8s.IntOrString.fromNumber(STORE_PORT) }],
            from: [
              { namespaceSelector: { matchLabels: { [Label.purpose]: 'project' } } },
              ...callers.map(({ namespace, name }) => ({
                namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
                podSelector: { matchLabels: selectorLabels(name) },
              })),
            ],
          },
        ],
      },
    });
  }
}
