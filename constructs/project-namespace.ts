import { App, Chart } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { ProjectRole, ServiceAccounts } from '../core/access';
import { Annotation, Label } from '../core/labels';
import { type ProjectMembers, type ProjectSpec, RUNNER_SERVICE_ACCOUNTS } from '../core/project';
import { namespaceForProject } from '../core/project-name';
import type { NetworkConfig, ProjectClass, StoreConfig } from '../core/service-config';
import { artifactRepositories } from './artifact-repository';
import { commonLabels, podSecurityLabels } from './metadata';
import { ProjectFence } from './project-fence';
import { bindInNamespace } from './rbac';

/** Properties for `ProjectNamespace`. */
export interface ProjectNamespaceProps {
  /** The project as its `Project` object describes it. */
  readonly project: ProjectSpec;
  /** Compute limits of the project's class. */
  readonly projectClass: ProjectClass;
  /** The cluster's ranges and the holes in the egress fence. */
  readonly network: NetworkConfig;
  /** Where the project's artifacts go. */
  readonly store: StoreConfig;
  /**
   * People as Gerrit names them, bound beside those of the spec.
   *
   * @default - those of the spec only
   */
  readonly members?: NamespaceMembers | undefined;
  /**
   * Since when the namespace is on its way out, ISO 8601: it is marked so, and neither owners nor the trigger may make
   * a run any more. Those that run come to their end.
   *
   * @default - the project is in use
   */
  readonly retiring?: string | undefined;
}

/** Who of `ProjectMembers` is bound. */
export type NamespaceMembers = Pick<ProjectMembers, 'owners' | 'contributors' | 'ownerGroups' | 'contributorGroups'>;

/** Names that one binding lists, in its order. */
export interface BoundPeople {
  readonly owners: readonly string[];
  readonly contributors: readonly string[];
  readonly ownerGroups: readonly string[];
  readonly contributorGroups: readonly string[];
}

const NOBODY: NamespaceMembers = { owners: [], contributors: [], ownerGroups: [], contributorGroups: [] };

/** Everybody who is bound, each once: people of the spec and of Gerrit, in alphabetical order. */
export function boundPeople({
  project,
  members = NOBODY,
}: Pick<ProjectNamespaceProps, 'project' | 'members'>): BoundPeople {
  const union = (...lists: (readonly string[])[]) => [...new Set(lists.flat())].sort();
  return {
    owners: union(project.owners, members.owners),
    contributors: union(project.contributors, members.contributors),
    ownerGroups: union(members.ownerGroups),
    contributorGroups: union(members.contributorGroups),
  };
}

/**
 * The namespace one Gerrit project's Workflows run in: quota, limits, runner accounts, roles, network fence and
 * artifact repository. The store key itself is a Secret that the provisioner fills.
 *
 * Objects carry fixed names, so the provisioner, a preview and a test render the same ones wherever this sits.
 */
export class ProjectNamespace extends Construct {
  /** Name of the namespace, derived from the project. */
  public readonly namespaceName: string;

  constructor(scope: Construct, id: string, props: ProjectNamespaceProps) {
    super(scope, id);

    const { project, retiring } = props;
    const namespace = namespaceForProject(project.gerritName);
    this.namespaceName = namespace;

    new k8s.KubeNamespace(this, 'Resource', {
      metadata: {
        name: namespace,
        labels: {
          ...commonLabels(namespace),
          ...podSecurityLabels('restricted'),
          [Label.purpose]: 'project',
          [Label.visibility]: project.visibility,
          ...(retiring === undefined ? {} : { [Label.retiring]: 'true' }),
        },
        annotations: {
          [Annotation.project]: project.gerritName,
          ...(retiring === undefined ? {} : { [Annotation.retiringSince]: retiring }),
        },
      },
    });
    this.limitCompute(props.projectClass);
    this.addAccounts();
    this.bindPeople(boundPeople(props), retiring !== undefined);
    this.bindSystem(project, retiring !== undefined);
    new ProjectFence(this, 'Fence', { namespace, network: props.network });
    artifactRepositories(this, 'ArtifactRepositories', namespace, props.store);
  }

  private metadata(name: string): k8s.ObjectMeta {
    return { name, namespace: this.namespaceName, labels: commonLabels(name) };
  }

  private limitCompute(limits: ProjectClass): void {
    const quantity = k8s.Quantity.fromString;
    new k8s.KubeResourceQuota(this, 'Quota', {
      metadata: this.metadata('compute'),
      spec: {
        // Built-in kinds only: a count of Workflows stays "status unknown", and refuses every one of them, until the
        // quota controller's next full pass has seen their new CRD; that is five minutes by default.
        hard: {
          pods: k8s.Quantity.fromNumber(limits.pods),
          'requests.cpu': quantity(limits.cpu),
          'requests.memory': quantity(limits.memory),
          'limits.memory': quantity(limits.memory),
        },
      },
    });
    // Without defaults a pod that names no requests is refused by the quota, with a message few understand.
    new k8s.KubeLimitRange(this, 'Limits', {
      metadata: this.metadata('containers'),
      spec: {
        limits: [
          {
            type: 'Container',
            defaultRequest: { cpu: quantity('100m'), memory: quantity('64Mi') },
            default: { cpu: quantity(limits.maxContainerCpu), memory: quantity('256Mi') },
            max: { cpu: quantity(limits.maxContainerCpu), memory: quantity(limits.maxContainerMemory) },
          },
        ],
      },
    });
  }

  private addAccounts(): void {
    const names = Object.values(RUNNER_SERVICE_ACCOUNTS);
    for (const name of names) {
      new k8s.KubeServiceAccount(this, `Account-${name}`, { metadata: this.metadata(name) });
    }
    bindInNamespace(this, 'Runners', {
      name: 'runners',
      namespace: this.namespaceName,
      role: { kind: 'ClusterRole', name: ProjectRole.runner },
      accounts: names.map((name) => ({ namespace: this.namespaceName, name })),
    });
  }

  private bindPeople(people: BoundPeople, retiring: boolean): void {
    const { owners, contributors, ownerGroups, contributorGroups } = people;
    const bindings = [
      {
        id: 'Owners',
        name: 'owners',
        role: ProjectRole.owner,
        users: retiring ? [] : owners,
        groups: retiring ? [] : ownerGroups,
      },
      {
        id: 'Contributors',
        name: 'contributors',
        role: ProjectRole.contributor,
        users: contributors,
        groups: contributorGroups,
      },
    ];
    for (const { id, name, role, users, groups } of bindings) {
      // Bound even when nobody is in it: a binding that comes and goes could be left behind with people in it.
      bindInNamespace(this, id, {
        name,
        namespace: this.namespaceName,
        role: { kind: 'ClusterRole', name: role },
        users,
        groups,
      });
    }
  }

  private bindSystem({ visibility }: ProjectSpec, retiring: boolean): void {
    const isPublic = visibility === 'public';
    const bindings = [
      {
        id: 'Trigger',
        name: 'trigger',
        role: ProjectRole.trigger,
        accounts: retiring ? [] : [ServiceAccounts.trigger],
      },
      { id: 'Reporter', name: 'reporter', role: ProjectRole.reporter, accounts: [ServiceAccounts.reporter] },
      {
        id: 'WorkflowController',
        name: 'workflow-controller',
        role: ProjectRole.workflowRunner,
        accounts: [ServiceAccounts.workflowController],
      },
      {
        id: 'PublicViewers',
        name: 'public-viewers',
        role: ProjectRole.publicViewer,
        accounts: isPublic ? [ServiceAccounts.argoServer, ServiceAccounts.status] : [],
      },
    ];
    for (const { id, name, role, accounts } of bindings) {
      bindInNamespace(this, id, {
        name,
        namespace: this.namespaceName,
        role: { kind: 'ClusterRole', name: role },
        accounts,
      });
    }
  }
}

/** The objects of a project namespace as plain data, the namespace first, by cdk8s itself. Pure: same props, same objects. */
export function synthesizeProjectNamespace(props: ProjectNamespaceProps): unknown[] {
  const chart = new Chart(new App(), 'project');
  new ProjectNamespace(chart, 'Namespace', props);
  return chart.toJson();
}
