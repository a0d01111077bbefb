import { App } from 'cdk8s';
import { ArgoCrdsChart } from '../../../constructs/argo-crds-chart';
import { ClusterAccessChart } from '../../../constructs/cluster-access-chart';
import { ProjectCrdChart } from '../../../constructs/project-crd-chart';
import { asKubeObject } from '../../../core/kube-object';
import { PROJECT_API, PROJECTS_PATH, ProjectObject } from '../../../core/project';
import { namespaceForProject, projectObjectName } from '../../../core/project-name';
import { type KubeClient, KubeError } from '../../../services/shared/kube-client';
import { until } from './until';

export const WORKFLOWS = (namespace: string) => `/apis/argoproj.io/v1alpha1/namespaces/${namespace}/workflows`;

const WHERE: Readonly<Record<string, string>> = {
  CustomResourceDefinition: '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
  ClusterRole: '/apis/rbac.authorization.k8s.io/v1/clusterroles',
};

/** What a provisioner finds in a cluster: kinds, roles and its own namespace. */
export async function installGround(kube: KubeClient): Promise<void> {
  const app = new App();
  const charts = [
    new ArgoCrdsChart(app, 'crds'),
    new ProjectCrdChart(app, 'project'),
    new ClusterAccessChart(app, 'access'),
  ];
  for (const object of charts.flatMap((chart) => chart.toJson()).map(asKubeObject)) {
    const path = WHERE[object.kind];
    if (path !== undefined) await kube.create(path, object);
  }
  await kube.create('/api/v1/namespaces', {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'seakeeper-system' },
  });
  await until('the kinds are served', async () => {
    await Promise.all([kube.get(PROJECTS_PATH), kube.get('/apis/argoproj.io/v1alpha1/workflows')]);
    return true;
  });
}

/** Undefined: there is none. */
export const find = (kube: KubeClient, path: string) =>
  kube.get(path).catch((error: unknown) => {
    if (error instanceof KubeError && error.status === 404) return undefined;
    throw error;
  });

/** Projects as people and programs make them, and what they say. */
export class Projects {
  constructor(private readonly kube: KubeClient) {}

  async create(gerritName: string, name = projectObjectName(gerritName)): Promise<void> {
    await this.kube.create(PROJECTS_PATH, {
      apiVersion: `${PROJECT_API.group}/${PROJECT_API.version}`,
      kind: PROJECT_API.kind,
      metadata: { name },
      spec: { gerritName, owners: ['ada'] },
    });
  }

  async delete(gerritName: string): Promise<void> {
    await this.kube.delete(`${PROJECTS_PATH}/${projectObjectName(gerritName)}`);
  }

  /** Made, and ready. Resolves to its namespace. */
  async ready(gerritName: string): Promise<string> {
    await this.create(gerritName);
    await this.untilReason(projectObjectName(gerritName), 'Provisioned');
    return namespaceForProject(gerritName);
  }

  /** Waits until a condition of the Project has this reason. */
  untilReason(name: string, reason: string): Promise<ProjectObject> {
    return until(`Project ${name} is ${reason}`, async () => {
      const project = ProjectObject.parse(await this.kube.get(`${PROJECTS_PATH}/${name}`));
      return project.status?.conditions.some((condition) => condition.reason === reason) && project;
    });
  }

  /** What a condition of a type says. */
  async says(gerritName: string, type: string): Promise<string> {
    const project = ProjectObject.parse(await this.kube.get(`${PROJECTS_PATH}/${projectObjectName(gerritName)}`));
    const found = project.status?.conditions.find((condition) => condition.type === type);
    return found === undefined ? 'nothing' : `${found.status} ${found.reason}: ${found.message}`;
  }
}
