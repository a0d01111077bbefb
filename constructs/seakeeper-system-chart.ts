import { type App, Chart } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import { ServiceAccounts } from '../core/access';
import { type Images, imageReference } from '../core/images';
import { Namespace } from '../core/labels';
import { ProvisionerObject } from '../core/project';
import type { ProvisionerConfig } from '../core/service-config';
import { commonLabels } from './metadata';
import { bindInNamespace, electBy } from './rbac';
import { ServiceDeployment } from './service-deployment';

/** Properties for `SeakeeperSystemChart`. */
export interface SeakeeperSystemChartProps {
  readonly images: Images;
  readonly provisioner: ProvisionerConfig;
}

/** One works, the other is ready to: a node that goes takes seconds, not a pod's start. */
const REPLICAS = 2;
/** Ten thousand projects are some 190,000 objects, of which it holds masks. */
const COMPUTE = { cpu: '100m', memory: '128Mi', memoryLimit: '384Mi' } as const;

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
    this.letElect();
  }

  private letElect(): void {
    const rules = electBy(ProvisionerObject.lease);
    const name = `${ServiceAccounts.provisioner.name}-lease`;
    const namespace = Namespace.seakeeperSystem;
    new k8s.KubeRole(this, 'Lease', { metadata: { name, namespace, labels: commonLabels(name) }, rules });
    const role = { kind: 'Role', name } as const;
    bindInNamespace(this, 'Bind-lease', { name, namespace, role, accounts: [ServiceAccounts.provisioner] });
  }
}
