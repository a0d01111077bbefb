import { type App, Chart } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import { Label, Namespace } from '../core/labels';
import type { NetworkConfig } from '../core/service-config';
import { commonLabels, podSecurityLabels } from './metadata';
import { SystemFence } from './system-fence';

/**
 * The namespaces of the system itself, each under Pod Security `restricted`. There is no exception: a part that could
 * not run so would get a level of its own here, with its reason.
 */
export class SystemNamespacesChart extends Chart {
  constructor(scope: App, id: string, { network }: { readonly network: NetworkConfig }) {
    super(scope, id);

    const namespaces = Object.values(Namespace);
    for (const name of namespaces) {
      new k8s.KubeNamespace(this, name, {
        metadata: {
          name,
          labels: { ...commonLabels(name), ...podSecurityLabels('restricted'), [Label.purpose]: 'system' },
        },
      });
      // What may come in is named by the chart that owns the port.
      new k8s.KubeNetworkPolicy(this, `${name}-deny-ingress`, {
        metadata: { name: 'deny-ingress', namespace: name, labels: commonLabels('deny-ingress') },
        spec: { podSelector: {}, policyTypes: ['Ingress'] },
      });
    }
    new SystemFence(this, 'Fence', { namespaces, network });
  }
}
