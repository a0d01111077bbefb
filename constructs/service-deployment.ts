import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { Label } from '../core/labels';
import { CONFIG_FILE, LEDGER_AUDIENCE, Port, SECRETS_DIRECTORY } from '../core/service-config';
import type { Compute } from './hardened';
import { commonLabels } from './metadata';
import type { AccountReference } from './rbac';
import { httpProbe, Workload, type WorkloadMount, type WorkloadPort, type WorkloadProps } from './workload';

const CONFIG_KEY = 'config.json';
const TOKEN_DIRECTORY = '/var/run/secrets/seakeeper';
/** Kubernetes renews a projected token well before it ends. Seconds. */
const TOKEN_LIFETIME = 3600;

/** Properties for `ServiceDeployment`. */
export interface ServiceDeploymentProps {
  /** Account of the service; its name is the service's, and that of its bundle in the image. */
  readonly account: AccountReference;
  /** The image all our services are in. */
  readonly image: string;
  /** Checked configuration of the service: plain data, no secret in it. */
  readonly config: object;
  /**
   * Whether Secret `<service>-secrets` is mounted. Pulumi fills it; it never passes through here.
   *
   * @default false
   */
  readonly secrets?: boolean;
  /**
   * Ports beside the one for health and metrics.
   *
   * @default - none
   */
  readonly ports?: readonly WorkloadPort[];
  /** @default - `50m`, `64Mi` to `256Mi` */
  readonly compute?: Compute;
  /** @default 1 */
  readonly replicas?: number;
  /**
   * Whether the service calls the gateway's ledger, and so gets a token for that audience.
   *
   * @default false
   */
  readonly callsLedger?: boolean;
  /**
   * Whether the service follows its ConfigMap by itself, so that a change of it makes no new pods.
   *
   * @default false
   */
  readonly followsConfig?: boolean;
  /**
   * Whether callers reach the service while it is not ready.
   *
   * @default false
   */
  readonly publishNotReady?: boolean;
  /**
   * Whether callers are sent to the replica that leads, and to no other: the one that has labelled its pod so.
   *
   * @default false
   */
  readonly leaderOnly?: boolean;
  /**
   * A volume of its own, and where.
   *
   * @default - none
   */
  readonly claim?: NonNullable<WorkloadProps['claim']> & { readonly path: string };
}

/** One of our services: its configuration, its pods, and the frame of health, readiness and metrics they all share. */
export class ServiceDeployment extends Construct {
  constructor(scope: Construct, id: string, props: ServiceDeploymentProps) {
    super(scope, id);

    const { account, claim } = props;
    new k8s.KubeConfigMap(this, 'Config', {
      metadata: {
        name: `${account.name}-config`,
        namespace: account.namespace,
        labels: commonLabels(`${account.name}-config`),
      },
      data: { [CONFIG_KEY]: JSON.stringify(props.config, null, 2) },
    });
    new Workload(this, 'Workload', {
      account,
      image: props.image,
      command: ['/usr/local/bin/node', `/app/${account.name}.js`],
      env: [{ name: 'NODE_OPTIONS', value: '--max-old-space-size=192' }],
      compute: props.compute ?? { cpu: '50m', memory: '64Mi', memoryLimit: '384Mi' },
      replicas: props.replicas ?? 1,
      ports: [{ name: 'http', port: Port.http }, ...(props.ports ?? [])],
      publishNotReady: props.publishNotReady ?? false,
      ...(props.leaderOnly === true ? { serviceSelects: { [Label.role]: 'leader' } } : {}),
      mounts: mountsOf(props),
      readiness: httpProbe('/readyz', 'http', { periodSeconds: 2, failureThreshold: 3 }),
      liveness: httpProbe('/healthz', 'http', { initialDelaySeconds: 15, periodSeconds: 10, failureThreshold: 6 }),
      ...(props.followsConfig === true ? {} : { restartOn: props.config }),
      usesApi: true,
      // Two of a kind that there is one of would each act on what they see; ours are safe in that, but one is enough.
      ...((props.replicas ?? 1) === 1 ? { strategy: 'Recreate' as const } : {}),
      ...(claim === undefined ? {} : { claim }),
    });
  }
}

function mountsOf({ account, secrets, callsLedger, claim }: ServiceDeploymentProps): WorkloadMount[] {
  return [
    {
      name: 'config',
      path: CONFIG_FILE.slice(0, CONFIG_FILE.lastIndexOf('/')),
      readOnly: true,
      volume: { configMap: { name: `${account.name}-config` } },
    },
    ...(secrets === true
      ? [
          {
            name: 'secrets',
            path: SECRETS_DIRECTORY,
            readOnly: true,
            volume: { secret: { secretName: `${account.name}-secrets` } },
          },
        ]
      : []),
    ...(callsLedger === true
      ? [
          {
            name: 'ledger-token',
            path: TOKEN_DIRECTORY,
            readOnly: true,
            volume: {
              projected: {
                sources: [
                  {
                    serviceAccountToken: {
                      path: 'ledger-token',
                      audience: LEDGER_AUDIENCE,
                      expirationSeconds: TOKEN_LIFETIME,
                    },
                  },
                ],
              },
            },
          },
        ]
      : []),
    ...(claim === undefined ? [] : [{ name: 'claim', path: claim.path, volume: 'claim' as const }]),
  ];
}
