import { type App, Chart } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import { ProjectRole, ServiceAccounts } from '../core/access';
import { Namespace } from '../core/labels';
import { PROJECT_API, ProjectNames } from '../core/project';
import { MOST_GATEWAY_REPLICAS } from '../core/service-config';
import { commonLabels } from './metadata';
import { ProvisionerFlow } from './provisioner-flow';
import { allow, bindInCluster, bindInNamespace, electBy, READ } from './rbac';

const ARGO = 'argoproj.io';
const WORKFLOW_KINDS = ['workflows', 'workflowtemplates', 'cronworkflows'];
const LOOK = [
  allow(ARGO, [...WORKFLOW_KINDS, 'workflowtasksets', 'workflowtaskresults'], READ),
  allow('', ['pods', 'events'], READ),
  allow('', ['pods/log'], ['get']),
];

/** One ClusterRole a role, bound inside project namespaces by the provisioner. */
const PROJECT_ROLES: Readonly<Record<ProjectRole, readonly k8s.PolicyRule[]>> = {
  // Stopping and terminating are patches of the spec. No exec, secrets, bind or escalate. `argo retry` updates a run and
  // deletes its pods: admission refuses both to people, and says what to do instead, which a missing right could not.
  [ProjectRole.owner]: [
    ...LOOK,
    allow(ARGO, ['workflows'], ['create', 'patch', 'update']),
    allow('', ['pods'], ['delete']),
    allow('', ['resourcequotas', 'limitranges'], READ),
  ],
  [ProjectRole.contributor]: LOOK,
  [ProjectRole.runner]: [allow(ARGO, ['workflowtaskresults'], ['create', 'patch'])],
  [ProjectRole.publicViewer]: LOOK,
  [ProjectRole.trigger]: [
    allow(ARGO, ['workflows'], [...READ, 'create', 'patch']),
    // Whether a run fits, before it exists: what the quota has left, and whose pods take it.
    allow('', ['resourcequotas', 'limitranges'], ['get']),
    allow('', ['pods'], ['list']),
  ],
  [ProjectRole.reporter]: [allow(ARGO, ['workflows'], [...READ, 'patch']), allow('', ['pods', 'pods/log'], ['get'])],
  [ProjectRole.workflowRunner]: [
    allow('', ['pods'], ['create', 'update', 'patch', 'delete']),
    // The controller stops a step by a signal it sends from inside.
    allow('', ['pods/exec'], ['create']),
    allow('', ['events'], ['create', 'patch']),
    allow('', ['persistentvolumeclaims', 'persistentvolumeclaims/finalizers'], ['create', 'update', 'delete', 'get']),
    allow(ARGO, ['workflows', 'workflows/finalizers'], ['update', 'patch', 'delete']),
    allow(ARGO, ['workflowtasksets', 'workflowtasksets/finalizers'], ['create', 'update', 'patch', 'delete']),
    allow(ARGO, ['workflowtaskresults'], ['deletecollection']),
    allow('policy', ['poddisruptionbudgets'], ['create', 'get', 'delete']),
  ],
};

/** Rights of Argo Events' controller in the one namespace it manages: no Secrets, no exec. */
const EVENTS_CONTROLLER_RULES: k8s.PolicyRule[] = [
  allow(ARGO, ['eventbus', 'eventsources', 'sensors'], [...READ, 'update', 'patch']),
  allow(
    ARGO,
    ['eventbus', 'eventsources', 'sensors'].flatMap((kind) => [`${kind}/status`, `${kind}/finalizers`]),
    ['update', 'patch'],
  ),
  allow('apps', ['deployments'], [...READ, 'create', 'update', 'patch', 'delete']),
  allow('', ['services'], [...READ, 'create', 'update', 'delete']),
  allow('apps', ['statefulsets'], READ),
  allow('', ['configmaps'], READ),
  allow('', ['events'], ['create', 'patch']),
];

/** What parts of the system may do in every namespace: the informers' reads, and the provisioner. */
const CLUSTER_ROLES = [
  {
    name: 'seakeeper-workflow-controller',
    account: ServiceAccounts.workflowController,
    // Its informers watch the whole cluster; what it writes is bound in project namespaces only.
    rules: [
      allow(ARGO, ['workflows', 'workflowtasksets', 'workflowartifactgctasks', 'workflowtaskresults'], READ),
      allow(ARGO, ['workflowtemplates', 'clusterworkflowtemplates', 'cronworkflows'], READ),
      allow('', ['pods', 'configmaps', 'namespaces', 'serviceaccounts'], READ),
    ],
  },
  {
    name: 'seakeeper-gateway',
    account: ServiceAccounts.gateway,
    rules: [allow('authentication.k8s.io', ['tokenreviews'], ['create'])],
  },
  {
    name: 'seakeeper-trigger-lookup',
    account: ServiceAccounts.trigger,
    // What runs is counted by one watch for the cluster instead of one a project.
    rules: [
      allow(PROJECT_API.group, [PROJECT_API.plural], READ),
      allow(ARGO, ['clusterworkflowtemplates', 'workflows'], READ),
    ],
  },
  {
    name: 'seakeeper-reporter-watch',
    account: ServiceAccounts.reporter,
    // One watch for the cluster instead of one a project.
    rules: [allow(ARGO, ['workflows'], READ), allow(PROJECT_API.group, [PROJECT_API.plural], READ)],
  },
  {
    name: 'seakeeper-status-lookup',
    account: ServiceAccounts.status,
    rules: [allow(PROJECT_API.group, [PROJECT_API.plural], READ)],
  },
  {
    name: 'seakeeper-argo-server',
    account: ServiceAccounts.argoServer,
    // It does not start without. No project holds a WorkflowTemplate: nobody in one may create any.
    rules: [allow(ARGO, ['workflowtemplates', 'clusterworkflowtemplates'], READ)],
  },
  { name: 'seakeeper-provisioner', account: ServiceAccounts.provisioner, rules: provisionerRules() },
] as const;

/** ClusterRoles and the few ClusterRoleBindings: none of them is a project's. */
export class ClusterAccessChart extends Chart {
  constructor(scope: App, id: string) {
    super(scope, id);

    for (const name of Object.values(ProjectRole)) {
      this.addRole(name, PROJECT_ROLES[name]);
    }
    for (const { name, account, rules } of CLUSTER_ROLES) {
      this.addRole(name, rules);
      bindInCluster(this, `Bind-${name}`, name, [account]);
    }
    this.confineEventsController();
    this.letGatewayStandBy();
    new ProvisionerFlow(this, 'ProvisionerFlow');
  }

  /** Argo Events' controller fulfils objects of one namespace and has rights in that one only. */
  private confineEventsController(): void {
    const { name } = ServiceAccounts.eventsController;
    const namespace = Namespace.gerritGateway;
    new k8s.KubeRole(this, 'EventsController', {
      metadata: { name, namespace, labels: commonLabels(name) },
      rules: EVENTS_CONTROLLER_RULES,
    });
    bindInNamespace(this, 'Bind-events-controller', {
      name,
      namespace,
      role: { kind: 'Role', name },
      accounts: [ServiceAccounts.eventsController],
    });
  }

  /** The gateway's replicas agree who leads, and the one that does has its pod labelled, and the others' not. */
  private letGatewayStandBy(): void {
    const account = ServiceAccounts.gateway;
    const { namespace } = account;
    const name = `${account.name}-standby`;
    const ordinals = Array.from({ length: MOST_GATEWAY_REPLICAS }, (_value, ordinal) => ordinal);
    const pods = ordinals.map((ordinal) => `${account.name}-${ordinal}`);
    new k8s.KubeRole(this, 'GatewayStandby', {
      metadata: { name, namespace, labels: commonLabels(name) },
      rules: [...electBy(account.name), { ...allow('', ['pods'], ['patch']), resourceNames: pods }],
    });
    bindInNamespace(this, 'Bind-gateway-standby', {
      name,
      namespace,
      role: { kind: 'Role', name },
      accounts: [account],
    });
  }

  private addRole(name: string, rules: readonly k8s.PolicyRule[]): void {
    new k8s.KubeClusterRole(this, name, { metadata: { name, labels: commonLabels(name) }, rules: [...rules] });
  }
}

function provisionerRules(): k8s.PolicyRule[] {
  const apply = [...READ, 'create', 'patch', 'delete'];
  return [
    allow(PROJECT_API.group, [PROJECT_API.plural], [...READ, 'create', 'update', 'patch', 'delete']),
    allow(PROJECT_API.group, [`${PROJECT_API.plural}/status`, `${PROJECT_API.plural}/finalizers`], ['update', 'patch']),
    allow('', ['namespaces', 'serviceaccounts', 'resourcequotas', 'limitranges'], apply),
    allow('', ['configmaps'], ['create', ...READ, 'patch']),
    allow('networking.k8s.io', ['networkpolicies'], apply),
    // It binds our roles and no other: `bind` is by name, and there is no `escalate`.
    allow('rbac.authorization.k8s.io', ['rolebindings'], apply),
    {
      ...allow('rbac.authorization.k8s.io', ['clusterroles'], ['bind']),
      resourceNames: Object.values(ProjectRole).sort(),
    },
    // Names cannot restrict `create`; the admission policy beside this role restricts where.
    allow('', ['secrets'], ['create']),
    // Listed and watched by that name too, and without contents.
    { ...allow('', ['secrets'], [...READ, 'patch', 'delete']), resourceNames: [ProjectNames.storeSecret] },
    // What it put back is told by an Event on the Project, which has no namespace of its own.
    allow('events.k8s.io', ['events'], ['create']),
    // Retirement drains: it ends what still runs before the namespace goes.
    allow(ARGO, ['workflows'], [...READ, 'patch', 'delete', 'deletecollection']),
  ];
}
