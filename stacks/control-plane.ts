import { App } from 'cdk8s';
import { STORE } from '../constructs/artifacts-chart';
import { ProjectsChart } from '../constructs/projects-chart';
import { renderProjectNamespace } from '../constructs/render-project-namespace';
import { asKubeObject, type KubeObject } from '../core/kube-object';
import type { ProjectSpec } from '../core/project';
import { parseQuantity } from '../core/quantity';
import {
  type ControlPlaneLoad,
  controlPlaneLoad,
  pastBudget,
  type StoredObjects,
} from '../infra/control-plane/control-plane-load';
import { KEPT_BY_KUBERNETES, storedBytes } from '../infra/control-plane/stored-size';
import { planStack } from './plan';
import type { StackInputs } from './release';

/** What a stack asks of the control plane: what its charts and projects are made of, and the runs that are forecast. */
export function controlPlaneLoadOf(inputs: StackInputs): ControlPlaneLoad {
  const { config, requirement, demand } = inputs;
  const releases = planStack({ ...inputs, config: { ...config, projects: [] } });
  const system = releases.flatMap(({ chart }) => chart.toJson().map(asKubeObject));
  const pools = Object.values(demand?.pools ?? {});
  const slots = requirement.pools.reduce((all, { executors }) => all + executors, 0);
  const perDay = pools.reduce((all, pool) => all + pool.perDay, 0);
  const busy = pools.reduce((all, pool) => all + pool.perDay * pool.meanSeconds, 0);
  return controlPlaneLoad({
    system: storedObjects(system),
    projects: projectGroups(inputs),
    stepsPerRun: config.controlPlane.stepsPerRun,
    ...(perDay === 0
      ? {}
      : { runs: { perDay, perSecond: slots / (busy / perDay), keptHours: config.system.workflowRetentionHours } }),
  });
}

/** Problems of a stack that asks too much of its control plane. */
export function controlPlaneProblems(inputs: StackInputs) {
  const budget = inputs.config.controlPlane;
  const limits = { ...budget, etcdBytes: parseQuantity(budget.etcdQuota) };
  return pastBudget(controlPlaneLoadOf(inputs), limits).map((message) => ({
    where: 'seakeeper:controlPlane',
    message,
  }));
}

/** The projects listed, by class, and those that self-serve may add. One of a class stands for all. */
function projectGroups(inputs: StackInputs) {
  const { projects, selfServe } = inputs.config;
  const byClass = new Map<string, ProjectSpec[]>();
  for (const project of projects) {
    const members = byClass.get(project.class) ?? [];
    byClass.set(project.class, members);
    members.push(project);
  }
  const listed = [...byClass].map(([name, members]) => ({
    name: `class ${name}`,
    count: members.length,
    each: projectSize(longest(members), inputs),
  }));
  const more = selfServe.enabled ? Math.max(0, selfServe.most - projects.length) : 0;
  const someone = {
    gerritName: 'a'.repeat(40),
    class: 'default',
    visibility: 'public' as const,
    owners: [],
    contributors: [],
  };
  return more === 0
    ? listed
    : [...listed, { name: 'that self-serve may add', count: more, each: projectSize(someone, inputs) }];
}

const longest = (projects: readonly ProjectSpec[]): ProjectSpec =>
  projects.reduce((a, b) => (JSON.stringify(b).length > JSON.stringify(a).length ? b : a));

function projectSize(project: ProjectSpec, { config, requirement }: StackInputs): StoredObjects {
  const projectClass = requirement.quotas[project.class];
  if (projectClass === undefined) return { objects: 0, bytes: 0 };
  const inside = renderProjectNamespace({ project, projectClass, network: config.network, store: STORE });
  const object = new ProjectsChart(new App(), 'projects', { projects: [project] })
    .toJson()
    .map(asKubeObject)
    .filter(({ kind }) => kind === 'Project');
  const { objects, bytes } = storedObjects([...inside, ...object]);
  return { objects: objects + KEPT_BY_KUBERNETES.objects, bytes: bytes + KEPT_BY_KUBERNETES.bytes };
}

const storedObjects = (objects: readonly KubeObject[]): StoredObjects => ({
  objects: objects.length,
  bytes: objects.reduce((all, object) => all + storedBytes(object), 0),
});
