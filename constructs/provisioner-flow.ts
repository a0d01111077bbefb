import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { ServiceAccounts } from '../core/access';
import { Namespace } from '../core/labels';
import { commonLabels } from './metadata';

const FLOW_API = 'flowcontrol.apiserver.k8s.io/v1';
/** Names of the level and the flows. */
export const ProvisionerFlowName = { work: 'seakeeper-provisioner', lease: 'seakeeper-provisioner-lease' } as const;
/**
 * Beside the 245 of the levels that are built in; people's calls have 120 of them.
 *
 * @see https://kubernetes.io/docs/reference/debug-cluster/flow-control/
 */
const SHARES = 10;
/** Behind what keeps the cluster alive (800 and less), before what every ServiceAccount has (9000). */
const PRECEDENCE = { lease: 850, work: 860 } as const;
/** Hands of one flow: 8 queues of 32 hold more than the provisioner ever has under way, so nothing is refused. */
const QUEUES = { queues: 16, handSize: 8, queueLengthLimit: 32 } as const;

/**
 * The API server's turns for the provisioner: it works in a queue of its own, with what others leave over, so that
 * people's calls never wait behind ten thousand projects. Its lease is renewed among the leaders' calls, whatever it does.
 */
export class ProvisionerFlow extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id);

    new ApiObject(this, 'Level', {
      apiVersion: FLOW_API,
      kind: 'PriorityLevelConfiguration',
      metadata: metadata(ProvisionerFlowName.work),
      spec: {
        type: 'Limited',
        limited: {
          nominalConcurrencyShares: SHARES,
          // All of it is lent while nothing is to be made; what others lend has no bound here.
          lendablePercent: 100,
          limitResponse: { type: 'Queue', queuing: QUEUES },
        },
      },
    });
    this.addFlow('Lease', {
      name: ProvisionerFlowName.lease,
      level: 'leader-election',
      precedence: PRECEDENCE.lease,
      rule: { apiGroups: ['coordination.k8s.io'], resources: ['leases'], namespaces: [Namespace.seakeeperSystem] },
    });
    this.addFlow('Work', {
      name: ProvisionerFlowName.work,
      level: ProvisionerFlowName.work,
      precedence: PRECEDENCE.work,
      rule: { apiGroups: ['*'], resources: ['*'], namespaces: ['*'], clusterScope: true },
    });
  }

  private addFlow(id: string, { name, level, precedence, rule }: Flow): void {
    new ApiObject(this, id, {
      apiVersion: FLOW_API,
      kind: 'FlowSchema',
      metadata: metadata(name),
      spec: {
        matchingPrecedence: precedence,
        priorityLevelConfiguration: { name: level },
        distinguisherMethod: { type: 'ByUser' },
        rules: [
          {
            subjects: [{ kind: 'ServiceAccount', serviceAccount: ServiceAccounts.provisioner }],
            resourceRules: [{ verbs: ['*'], ...rule }],
          },
        ],
      },
    });
  }
}

interface Flow {
  readonly name: string;
  readonly level: string;
  /** Lower is asked first. */
  readonly precedence: number;
  readonly rule: {
    readonly apiGroups: readonly string[];
    readonly resources: readonly string[];
    readonly namespaces: readonly string[];
    readonly clusterScope?: boolean;
  };
}

const metadata = (name: string) => ({ name, labels: commonLabels(name) });
