import { type App, Chart } from 'cdk8s';
import { ServiceAccounts } from '../core/access';
import { type Images, imageReference } from '../core/images';
import { Namespace } from '../core/labels';
import {
  type GatewayConfig,
  Port,
  REPORTER_LEASE,
  type ReporterConfig,
  type TriggerConfig,
} from '../core/service-config';
import { allowIngress } from './ingress';
import { letElect } from './let-elect';
import { ServiceDeployment } from './service-deployment';
import type { WorkloadProps } from './workload';

const LEDGER_DIRECTORY_PARENT = '/var/lib/seakeeper';

/** One reports, the other is ready to. */
const REPORTERS = 2;

/** Base URL of the gateway's ledger, for trigger, reporter, provisioner and status. */
export const LEDGER_URL = `http://${ServiceAccounts.gateway.name}.${ServiceAccounts.gateway.namespace}.svc:${Port.ledger}`;

/** Properties for `GerritGatewayChart`. */
export interface GerritGatewayChartProps {
  readonly images: Images;
  readonly gateway: GatewayConfig;
  readonly trigger: TriggerConfig;
  readonly reporter: ReporterConfig;
  /** Volume of the gateway's ledger. */
  readonly ledgerClaim: NonNullable<WorkloadProps['claim']>;
}

/** Our services between Gerrit and Argo: gateway, trigger and reporter, and who may call whom. */
export class GerritGatewayChart extends Chart {
  constructor(scope: App, id: string, props: GerritGatewayChartProps) {
    super(scope, id, { namespace: Namespace.gerritGateway });

    this.addServices(props);
    this.openPorts();
  }

  private addServices(props: GerritGatewayChartProps): void {
    const image = imageReference(props.images.services);
    new ServiceDeployment(this, 'Gateway', {
      account: ServiceAccounts.gateway,
      image,
      config: props.gateway,
      secrets: true,
      ports: [
        { name: 'event-source', port: Port.eventSource },
        { name: 'ledger', port: Port.ledger },
      ],
      // The ledger answers while Gerrit is away, and so while the gateway is not ready.
      publishNotReady: true,
      ...(props.gateway.standby === undefined
        ? {}
        : { replicas: props.gateway.standby.replicas, leaderOnly: true, callsLedger: true }),
      claim: { ...props.ledgerClaim, path: LEDGER_DIRECTORY_PARENT },
    });
    new ServiceDeployment(this, 'Trigger', {
      account: ServiceAccounts.trigger,
      image,
      config: props.trigger,
      secrets: true,
      ports: [{ name: 'trigger', port: Port.customTrigger }],
      callsLedger: true,
    });
    new ServiceDeployment(this, 'Reporter', {
      account: ServiceAccounts.reporter,
      image,
      config: props.reporter,
      replicas: REPORTERS,
      secrets: true,
      callsLedger: true,
    });
    letElect(this, ServiceAccounts.reporter, REPORTER_LEASE.name);
  }

  private openPorts(): void {
    const { gateway, trigger, reporter, provisioner, status, eventSource, sensor } = ServiceAccounts;
    allowIngress(this, 'EventSourceIngress', { to: gateway, port: Port.eventSource, from: [eventSource] });
    allowIngress(this, 'LedgerIngress', {
      to: gateway,
      port: Port.ledger,
      from: [trigger, reporter, provisioner, status, gateway],
    });
    allowIngress(this, 'TriggerIngress', { to: trigger, port: Port.customTrigger, from: [sensor] });
  }
}
