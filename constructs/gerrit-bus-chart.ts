import { type App, Chart } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import { ServiceAccounts } from '../core/access';
import { type Images, imageReference } from '../core/images';
import { Namespace } from '../core/labels';
import { EventBusServer } from './event-bus-server';
import { commonLabels } from './metadata';
import type { WorkloadProps } from './workload';

/** Properties for `GerritBusChart`. */
export interface GerritBusChartProps {
  readonly images: Images;
  /** Volume of the bus. */
  readonly claim: NonNullable<WorkloadProps['claim']>;
}

/** What Argo's event objects stand on: the bus, and the accounts of their pods. */
export class GerritBusChart extends Chart {
  constructor(scope: App, id: string, props: GerritBusChartProps) {
    super(scope, id, { namespace: Namespace.gerritGateway });

    this.addArgoAccounts();
    new EventBusServer(this, 'Bus', { image: imageReference(props.images.nats), claim: props.claim });
  }

  private addArgoAccounts(): void {
    // No rights at all. The Sensor insists on a token to start with; the EventSource does not.
    for (const { account, token } of [
      { account: ServiceAccounts.eventSource, token: false },
      { account: ServiceAccounts.sensor, token: true },
    ]) {
      new k8s.KubeServiceAccount(this, `Account-${account.name}`, {
        metadata: { name: account.name, labels: commonLabels(account.name) },
        automountServiceAccountToken: token,
      });
    }
  }
}
