import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { ServiceAccounts } from '../core/access';
import { outsideRanges, type SystemHole } from '../core/egress';
import { type NetworkConfig, Port } from '../core/service-config';
import { STORE_PORT } from './artifacts-chart';
import { NATS_PORT } from './event-bus-server';
import { commonLabels, selectorLabels } from './metadata';
import { egressRule } from './project-fence';

type Account = keyof typeof ServiceAccounts;
/** What a part of the system calls: a hole of the site's network by name, Gerrit, or a port of another part. */
type Destination = SystemHole | 'gerrit' | readonly [to: Account, port: number];

const STORE = ['minio', STORE_PORT] as const;
const BUS = ['nats', NATS_PORT] as const;

/** Every call a part of the system makes; it can make no other. */
const CALLS: Readonly<Record<Account, readonly Destination[]>> = {
  // Its replicas copy the ledger of the one that leads.
  gateway: ['dns', 'api-server', 'gerrit', ['gateway', Port.ledger]],
  trigger: ['dns', 'api-server', 'gerrit', ['gateway', Port.ledger]],
  reporter: ['dns', 'api-server', 'gerrit', ['gateway', Port.ledger]],
  nats: [],
  eventSource: ['dns', 'api-server', BUS, ['gateway', Port.eventSource]],
  sensor: ['dns', 'api-server', BUS, ['trigger', Port.customTrigger]],
  workflowController: ['dns', 'api-server'],
  eventsController: ['dns', 'api-server'],
  argoServer: ['dns', 'api-server', STORE],
  status: ['dns', 'api-server', STORE, ['gateway', Port.ledger]],
  provisioner: ['dns', 'api-server', 'gerrit', STORE, ['gateway', Port.ledger]],
  minio: [],
  storeSetup: ['dns', STORE],
};

/** Properties for `SystemFence`. */
export interface SystemFenceProps {
  /** Namespaces of the system: nothing leaves them that is not named here. */
  readonly namespaces: readonly string[];
  readonly network: NetworkConfig;
}

/**
 * The network fence around what goes out of the system's own pods: nothing, but each part's calls. A part that is taken
 * over reaches what it called before, and no metadata address.
 */
export class SystemFence extends Construct {
  constructor(scope: Construct, id: string, { namespaces, network }: SystemFenceProps) {
    super(scope, id);

    for (const namespace of namespaces) {
      new k8s.KubeNetworkPolicy(this, `${namespace}-deny-egress`, {
        metadata: { name: 'deny-egress', namespace, labels: commonLabels('deny-egress') },
        spec: { podSelector: {}, policyTypes: ['Egress'] },
      });
    }
    for (const [caller, destinations] of entries(CALLS)) {
      const { name, namespace } = ServiceAccounts[caller];
      const egress = destinations.flatMap((destination) => rulesTo(destination, network));
      if (egress.length > 0) {
        const policy = `egress-${name}`;
        new k8s.KubeNetworkPolicy(this, `${namespace}-${policy}`, {
          metadata: { name: policy, namespace, labels: commonLabels(policy) },
          spec: { podSelector: { matchLabels: selectorLabels(name) }, policyTypes: ['Egress'], egress },
        });
      }
    }
  }
}

const entries = <Key extends string, Value>(record: Readonly<Record<Key, Value>>) =>
  Object.entries(record) as [Key, Value][];

function rulesTo(destination: Destination, network: NetworkConfig): k8s.NetworkPolicyEgressRule[] {
  if (destination === 'gerrit') {
    const outside = outsideRanges(network).map(({ cidr, except }) => ({ ipBlock: { cidr, except: [...except] } }));
    return [{ to: [...outside, ...network.gerritCidrs.map((cidr) => ({ ipBlock: { cidr } }))] }];
  }
  if (typeof destination === 'string') {
    return network.holes.filter(({ name }) => name === destination).map(egressRule);
  }
  const [account, port] = destination;
  const { name, namespace } = ServiceAccounts[account];
  return [
    egressRule({
      name,
      to: { kind: 'pods', namespace, labels: selectorLabels(name) },
      ports: [{ protocol: 'TCP', port }],
    }),
  ];
}
