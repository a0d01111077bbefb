import { type App, Chart } from 'cdk8s';
import { ServiceAccounts } from '../core/access';
import { type Images, imageReference } from '../core/images';
import { Namespace } from '../core/labels';
import { ProvisionerObject } from '../core/project';
import type { ProvisionerConfig } from '../core/service-config';
import { letElect } from './let-elect';
import { ServiceDeployment } from './service-deployment';

/** Properties for `SeakeeperSystemChart`. */
export interface SeakeeperSystemChartProps {
  readonly images: Images;
  readonly provisioner: ProvisionerConfig;
}

/** One works, the other is ready to: a node that goes takes seconds, not a pod's start. */
const REPLICAS = 2;
/** With ten thousand projects, some 210,000 objects of which it holds masks, it was measured at 450 to 490 MiB. */
const COMPUTE = { cpu: '100m', memory: '192Mi', memoryLimit: '768Mi' } as const;

/** The provisioner: turns each `Project` into its namespace. In a namespace of its own, owned by ServiceOps. */
export class SeakeeperSystemChart extends Chart {
  constructor(scope: App, id: string, props: SeakeeperSystemChartProps) {
    super(scope, id, { namespace: Namespace.seakeeperSystem });

    new ServiceDeployment(this, 'Provisioner', {
      account: ServiceAccounts.provisioner,
      image: imageReference(props.images.services),
      config: props.provisioner,
      replicas: REPLICAS,
      compute: COMPUTE,
      secrets: true,
      followsConfig: true,
      callsLedger: true,
    });
    letElect(this, ServiceAccounts.provisioner, ProvisionerObject.lease);
  }
}
