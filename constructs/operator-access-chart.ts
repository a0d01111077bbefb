import { type App, Chart } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import { OperatorRole } from '../core/access';
import { Namespace } from '../core/labels';
import { PROJECT_API, ProvisionerObject } from '../core/project';
import { commonLabels } from './metadata';
import { allow, bindInNamespace, READ } from './rbac';
import { ServiceopsFence } from './serviceops-fence';

const RBAC = 'rbac.authorization.k8s.io';
const ARGO = 'argoproj.io';
const APPLY = [...READ, 'create', 'update', 'patch', 'delete'];

/** Who runs the system: groups of the identity provider by role. */
export interface OperatorAccessChartProps {
  readonly groups: Readonly<Record<OperatorRole, readonly string[]>>;
}

/** What a layer's charts are made of, and what watching them come up reads. No exec: a person's shell is no deployment. */
const DEPLOY: readonly k8s.PolicyRule[] = [
  allow('', ['configmaps', 'secrets', 'serviceaccounts', 'services', 'persistentvolumeclaims'], APPLY),
  allow('', ['pods'], [...READ, 'delete']),
  allow('', ['pods/log'], ['get']),
  allow('', ['endpoints', 'resourcequotas'], READ),
  allow('', ['events'], [...READ, 'create', 'patch']),
  allow('apps', ['deployments', 'statefulsets'], APPLY),
  allow('apps', ['replicasets', 'controllerrevisions'], READ),
  allow('batch', ['jobs'], APPLY),
  allow('policy', ['poddisruptionbudgets'], APPLY),
  allow('networking.k8s.io', ['networkpolicies'], APPLY),
  allow('discovery.k8s.io', ['endpointslices'], READ),
  // Kubernetes lets nobody make a Role that can more than they can: the controllers' Roles name events and leases.
  allow('coordination.k8s.io', ['leases'], APPLY),
  allow(RBAC, ['roles', 'rolebindings'], APPLY),
];

/**
 * What the foundation has in the cluster at large. Kubernetes lets nobody write or bind a role that can more than they
 * can, unless they `escalate` and `bind`: who deploys the system's roles must, and is admin of RBAC by it. The fence
 * beside these roles keeps that to what is ours.
 */
const FOUNDATION: readonly k8s.PolicyRule[] = [
  allow('apiextensions.k8s.io', ['customresourcedefinitions'], APPLY),
  allow('', ['namespaces'], APPLY),
  allow(RBAC, ['clusterroles', 'clusterrolebindings'], APPLY),
  allow(RBAC, ['clusterroles'], ['bind', 'escalate']),
  allow('admissionregistration.k8s.io', ['validatingadmissionpolicies', 'validatingadmissionpolicybindings'], APPLY),
  allow('scheduling.k8s.io', ['priorityclasses'], APPLY),
  allow('flowcontrol.apiserver.k8s.io', ['flowschemas', 'prioritylevelconfigurations'], APPLY),
];

/** What the foundation has inside the namespaces of the system layer: their fences, and who may what there. */
const FOUNDATION_INSIDE: readonly k8s.PolicyRule[] = [
  allow('networking.k8s.io', ['networkpolicies'], APPLY),
  allow(RBAC, ['roles', 'rolebindings'], APPLY),
  allow(RBAC, ['roles'], ['bind', 'escalate']),
];

const SYSTEM_NAMESPACES = [Namespace.argoSystem, Namespace.gerritGateway, Namespace.artifacts];

interface Operator {
  readonly role: OperatorRole;
  /** Namespaces of the role's layers. */
  readonly namespaces: readonly string[];
  readonly inNamespaces: readonly k8s.PolicyRule[];
  readonly inCluster: readonly k8s.PolicyRule[];
}

const OPERATORS: readonly Operator[] = [
  {
    role: 'releng',
    namespaces: SYSTEM_NAMESPACES,
    inNamespaces: [...DEPLOY, allow(ARGO, ['eventbus', 'eventsources', 'sensors'], APPLY)],
    inCluster: [
      allow(PROJECT_API.group, [PROJECT_API.plural], APPLY),
      allow(ARGO, ['clusterworkflowtemplates'], APPLY),
      // Nodes too: a stack may compare them with what its runs require.
      allow('', ['namespaces', 'nodes'], READ),
    ],
  },
  {
    role: 'serviceops',
    namespaces: [Namespace.argoUi, Namespace.seakeeperSystem],
    inNamespaces: DEPLOY,
    // Labels, taints and cordon are patches of a node; draining reads pods and evicts them.
    inCluster: [
      ...FOUNDATION,
      allow('', ['nodes'], [...READ, 'patch']),
      allow('', ['pods'], READ),
      allow('', ['pods/eviction'], ['create']),
      allow('apps', ['daemonsets'], READ),
      allow(PROJECT_API.group, [PROJECT_API.plural], READ),
    ],
  },
];

/**
 * What the groups that run the system may do: admin of their layers' namespaces, by RoleBindings, and what their layers
 * have at cluster scope. The first deployment is somebody's who administers the cluster: nobody has these rights before.
 */
export class OperatorAccessChart extends Chart {
  constructor(scope: App, id: string, { groups }: OperatorAccessChartProps) {
    super(scope, id);

    for (const operator of OPERATORS) {
      if (groups[operator.role].length > 0) {
        this.admit(operator, groups[operator.role]);
      }
    }
    if (groups.releng.length > 0) {
      this.admitToGuard(groups.releng);
    }
    if (groups.serviceops.length > 0) {
      this.admitToFoundation(groups.serviceops);
      new ServiceopsFence(this, 'Fence', { groups: groups.serviceops });
    }
  }

  private admit({ role, namespaces, inNamespaces, inCluster }: Operator, groups: readonly string[]): void {
    const name = OperatorRole[role];
    this.addRole(name, inNamespaces);
    for (const namespace of namespaces) {
      const id = `Bind-${name}-${namespace}`;
      bindInNamespace(this, id, { name, namespace, role: { kind: 'ClusterRole', name }, groups });
    }
    const clusterName = `${name}-cluster`;
    this.addRole(clusterName, inCluster);
    new k8s.KubeClusterRoleBinding(this, `Bind-${clusterName}`, {
      metadata: { name: clusterName, labels: commonLabels(clusterName) },
      roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: clusterName },
      subjects: groups.map((group) => ({ apiGroup: RBAC, kind: 'Group', name: group })),
    });
  }

  /** The system layer keeps one object beside the provisioner: the guard whose deletion retires all projects. */
  private admitToGuard(groups: readonly string[]): void {
    const name = `${OperatorRole.releng}-guard`;
    const namespace = Namespace.seakeeperSystem;
    new k8s.KubeRole(this, name, {
      metadata: { name, namespace, labels: commonLabels(name) },
      rules: [
        // Names cannot restrict a plain create; a new ConfigMap is read by nobody there.
        allow('', ['configmaps'], ['create']),
        {
          ...allow('', ['configmaps'], [...READ, 'update', 'patch', 'delete']),
          resourceNames: [ProvisionerObject.guard],
        },
      ],
    });
    bindInNamespace(this, `Bind-${name}`, { name, namespace, role: { kind: 'Role', name }, groups });
  }

  /** The foundation's part of the namespaces that are RelEng's. */
  private admitToFoundation(groups: readonly string[]): void {
    const name = `${OperatorRole.serviceops}-foundation`;
    this.addRole(name, FOUNDATION_INSIDE);
    for (const namespace of SYSTEM_NAMESPACES) {
      const id = `Bind-${name}-${namespace}`;
      bindInNamespace(this, id, { name, namespace, role: { kind: 'ClusterRole', name }, groups });
    }
  }

  private addRole(name: string, rules: readonly k8s.PolicyRule[]): void {
    new k8s.KubeClusterRole(this, name, { metadata: { name, labels: commonLabels(name) }, rules: [...rules] });
  }
}
