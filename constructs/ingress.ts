import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { commonLabels, selectorLabels } from './metadata';
import type { AccountReference } from './rbac';

/** Who may come in, at one port. */
export interface IngressOptions {
  /** Workload whose port it is. */
  readonly to: AccountReference;
  readonly port: number;
  /** Its callers, by name label and namespace; `anyone` for what is shown to the world. */
  readonly from: readonly AccountReference[] | 'anyone';
}

/** Opens one port to its named callers; the namespace's own policy shuts everything else. */
export function allowIngress(scope: Construct, id: string, { to, port, from }: IngressOptions): void {
  const name = `${to.name}-${port}`;
  new k8s.KubeNetworkPolicy(scope, id, {
    metadata: { name, namespace: to.namespace, labels: commonLabels(name) },
    spec: {
      podSelector: { matchLabels: selectorLabels(to.name) },
      policyTypes: ['Ingress'],
      ingress: [
        {
          ports: [{ protocol: 'TCP', port: k8s.IntOrString.fromNumber(port) }],
          ...(from === 'anyone' ? {} : { from: from.map(peer) }),
        },
      ],
    },
  });
}

function peer({ namespace, name }: AccountReference): k8s.NetworkPolicyPeer {
  return {
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
    podSelector: { matchLabels: selectorLabels(name) },
  };
}
