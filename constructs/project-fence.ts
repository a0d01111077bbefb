import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { outsideRanges } from '../core/egress';
import type { EgressHole, NetworkConfig } from '../core/service-config';
import { commonLabels } from './metadata';

/** Properties for `ProjectFence`. */
export interface ProjectFenceProps {
  readonly namespace: string;
  readonly network: NetworkConfig;
}

/**
 * The network fence of a project's pods: nothing comes in; out goes everything that is outside the cluster, and the
 * holes of one typed list. Policies only ever add, so shut means: named by no rule.
 */
export class ProjectFence extends Construct {
  constructor(scope: Construct, id: string, props: ProjectFenceProps) {
    super(scope, id);

    const metadata = (name: string) => ({ name, namespace: props.namespace, labels: commonLabels(name) });

    new k8s.KubeNetworkPolicy(this, 'DenyAll', {
      metadata: metadata('deny-all'),
      spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
    });
    new k8s.KubeNetworkPolicy(this, 'EgressOutside', {
      metadata: metadata('egress-outside'),
      spec: {
        podSelector: {},
        policyTypes: ['Egress'],
        egress: [
          {
            to: outsideRanges(props.network).map(({ cidr, except }) => ({ ipBlock: { cidr, except: [...except] } })),
          },
        ],
      },
    });
    for (const hole of props.network.holes) {
      new k8s.KubeNetworkPolicy(this, `Hole-${hole.name}`, {
        metadata: metadata(`egress-${hole.name}`),
        spec: { podSelector: {}, policyTypes: ['Egress'], egress: [egressRule(hole)] },
      });
    }
  }
}

/** The rule of one hole: its destinations and exactly its ports. */
export function egressRule(hole: EgressHole): k8s.NetworkPolicyEgressRule {
  return {
    to: destinations(hole),
    ports: hole.ports.map(({ protocol, port }) => ({ protocol, port: k8s.IntOrString.fromNumber(port) })),
  };
}

function destinations({ to }: EgressHole): k8s.NetworkPolicyPeer[] {
  switch (to.kind) {
    case 'cidr':
      return to.cidrs.map((cidr) => ({ ipBlock: { cidr } }));
    case 'pods':
      return [
        {
          namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': to.namespace } },
          podSelector: { matchLabels: to.labels },
        },
      ];
  }
}
