import { ApiObject, type App, Chart } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import { Label, Namespace } from '../core/labels';
import { GUARD_FINALIZER, PROJECT_API, ProjectOrigin, type ProjectSpec, ProvisionerObject } from '../core/project';
import { projectObjectName } from '../core/project-name';
import { commonLabels } from './metadata';

/** Properties for `ProjectsChart`. */
export interface ProjectsChartProps {
  readonly projects: readonly ProjectSpec[];
}

/** The `Project` objects of stack config. What is inside a project's namespace is the provisioner's, never Pulumi's. */
export class ProjectsChart extends Chart {
  constructor(scope: App, id: string, { projects }: ProjectsChartProps) {
    super(scope, id);

    this.guardProjects();
    for (const project of projects) {
      const name = projectObjectName(project.gerritName);
      new ApiObject(this, name, {
        apiVersion: `${PROJECT_API.group}/${PROJECT_API.version}`,
        kind: PROJECT_API.kind,
        metadata: { name, labels: { ...commonLabels(name), [Label.origin]: ProjectOrigin.stack } },
        spec: {
          gerritName: project.gerritName,
          class: project.class,
          visibility: project.visibility,
          owners: [...project.owners].sort(),
          contributors: [...project.contributors].sort(),
        },
      });
    }
  }

  /**
   * Projects that nobody listed here (people make them too) must be retired before the provisioner goes, or their
   * finalizers, and with them the whole destroy, would wait for ever. Deleting this object waits for that.
   */
  private guardProjects(): void {
    new k8s.KubeConfigMap(this, 'Guard', {
      metadata: {
        name: ProvisionerObject.guard,
        namespace: Namespace.seakeeperSystem,
        labels: commonLabels(ProvisionerObject.guard),
        finalizers: [GUARD_FINALIZER],
      },
      data: { readme: 'Deleting this retires every Project of the cluster, with its namespace.' },
    });
  }
}
