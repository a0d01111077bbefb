import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { ServiceAccounts } from '../core/access';
import { MAX_REFERENCE_BYTES } from '../core/decision';
import { allowIngress } from './ingress';
import { commonLabels } from './metadata';
import { httpProbe, Workload, type WorkloadProps } from './workload';

/** Client port of NATS. */
export const NATS_PORT = 4222;
const MONITOR_PORT = 8222;
const CONFIG = 'nats-config';

/** Secrets of the bus, filled by Pulumi. */
export const BusSecret = {
  /** Keys `tls.crt` and `tls.key`: the server's certificate, which its clients pin. */
  tls: 'nats-tls',
  /** Keys `auth` (what Argo Events reads) and `auth.conf` (what NATS includes). */
  auth: 'nats-auth',
} as const;

/** User Argo Events connects as. */
export const BUS_USER = 'argo-events';

/** Properties for `EventBusServer`. */
export interface EventBusServerProps {
  readonly image: string;
  readonly claim: NonNullable<WorkloadProps['claim']>;
}

/**
 * The NATS server behind the EventBus: JetStream on a volume of its own, synced on every write, TLS and a password on
 * its one port, and nobody but Argo's two pods let in.
 *
 * One replica: the ledger, not the bus, is what must not lose an event, and it sends again until a decision stands.
 */
export class EventBusServer extends Construct {
  constructor(scope: Construct, id: string, props: EventBusServerProps) {
    super(scope, id);

    const { namespace } = ServiceAccounts.nats;
    new k8s.KubeConfigMap(this, 'Config', {
      metadata: { name: CONFIG, namespace, labels: commonLabels(CONFIG) },
      data: { 'nats.conf': NATS_CONFIG },
    });
    new Workload(this, 'Server', {
      account: ServiceAccounts.nats,
      image: props.image,
      command: ['/nats-server'],
      args: ['--config', '/etc/nats/config/nats.conf'],
      compute: { cpu: '50m', memory: '64Mi', memoryLimit: '512Mi' },
      ports: [
        { name: 'client', port: NATS_PORT },
        { name: 'monitor', port: MONITOR_PORT },
      ],
      mounts: [
        { name: 'config', path: '/etc/nats/config', readOnly: true, volume: { configMap: { name: CONFIG } } },
        { name: 'tls', path: '/etc/nats/tls', readOnly: true, volume: { secret: { secretName: BusSecret.tls } } },
        { name: 'auth', path: '/etc/nats/auth', readOnly: true, volume: { secret: { secretName: BusSecret.auth } } },
        { name: 'claim', path: '/data', volume: 'claim' },
      ],
      readiness: httpProbe('/healthz', 'monitor', { periodSeconds: 2 }),
      liveness: httpProbe('/healthz?js-server-only=true', 'monitor', { initialDelaySeconds: 15, periodSeconds: 10 }),
      restartOn: NATS_CONFIG,
      claim: props.claim,
    });
    allowIngress(this, 'ClientIngress', {
      to: ServiceAccounts.nats,
      port: NATS_PORT,
      from: [ServiceAccounts.eventSource, ServiceAccounts.sensor],
    });
  }
}

const NATS_CONFIG = `
server_name: nats
listen: "0.0.0.0:${NATS_PORT}"
http: "0.0.0.0:${MONITOR_PORT}"
# A reference of an event, base64 and headers included; nothing larger has business here.
max_payload: ${4 * MAX_REFERENCE_BYTES}
jetstream {
  store_dir: "/data"
  # Every write is on disk before it is acknowledged.
  sync_interval: always
}
tls {
  cert_file: "/etc/nats/tls/tls.crt"
  key_file: "/etc/nats/tls/tls.key"
}
include "../auth/auth.conf"
`.trimStart();
