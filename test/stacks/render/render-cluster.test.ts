import { App, Chart } from 'cdk8s';
import { STORE } from '../../../constructs/artifacts-chart';
import { ProjectNamespace } from '../../../constructs/project-namespace';
import { ProjectSpec } from '../../../core/project';
import { stackInputs } from '../../../stacks/config/stack-inputs';
import { planStack } from '../../../stacks/plan';
import type { StackInputs } from '../../../stacks/release';
import { groupObjects, jsonLines, yamlDocuments } from '../../../stacks/render/documents';
import { MASKED, renderCluster } from '../../../stacks/render/render-cluster';
import { MINIMAL } from '../stack-config';

const PROJECTS = [
  { gerritName: 'mediawiki/core', class: 'large', owners: ['zoe', 'ann'], contributors: ['bob'] },
  { gerritName: 'operations/puppet', visibility: 'private' },
  { gerritName: 'security/tools', class: 'large', visibility: 'private', owners: ['yes', '0x1', "o'neil: x"] },
  { gerritName: 'IPSet' },
  { gerritName: '1e3' },
];
const INPUTS = stackInputs(
  {
    ...MINIMAL,
    classes: { default: { executors: 4 }, large: { executors: 16, containerExecutors: 4 } },
    projects: PROJECTS,
  },
  () => '',
);

/** The same charts and a chart for each project in one App, as cdk8s is meant to be used. */
function stockYaml(inputs: StackInputs): string {
  const [first] = planStack(inputs);
  if (first === undefined) throw new Error('the stack has no charts');
  const app = App.of(first.chart);
  for (const project of inputs.config.projects) {
    const chart = new Chart(app, `project-${project.gerritName.replace('/', '-')}`);
    const projectClass = inputs.requirement.quotas[project.class];
    if (projectClass === undefined) throw new Error(`no class ${project.class}`);
    new ProjectNamespace(chart, 'Namespace', { project, projectClass, network: inputs.config.network, store: STORE });
  }
  return app.synthYaml();
}

describe('the whole cluster', () => {
  test('is what stock cdk8s synthesizes of the same charts, to the byte: every layer, and projects of every class and visibility', () => {
    const rendered = [...renderCluster(INPUTS)].filter(({ object }) => object.kind !== 'Secret');

    const yaml = [...groupObjects(rendered)].map(yamlDocuments).join('---\n');

    expect(yaml.split('---\n')).toEqual(stockYaml(INPUTS).split('---\n'));
  });

  test('is rendered as it is read: a project when it is asked for', () => {
    const [project] = INPUTS.config.projects;
    const broken: ProjectSpec = ProjectSpec.parse({ gerritName: 'last', class: 'none' });
    const inputs = { ...INPUTS, config: { ...INPUTS.config, projects: [ProjectSpec.parse(project), broken] } };
    const sources: string[] = [];

    const readAll = () => {
      for (const { source } of renderCluster(inputs)) sources.push(source);
    };

    expect(readAll).toThrow("project last is of class 'none', which is none");
    expect(sources).toContain('mediawiki/core');
  });

  test('holds a mask in the place of every secret', () => {
    const secrets = [...renderCluster(INPUTS)].filter(({ object }) => object.kind === 'Secret');

    expect(secrets.length).toBeGreaterThan(5);
    for (const { object } of secrets) {
      expect(new Set(Object.values(Object(object['stringData'])))).toEqual(new Set([MASKED]));
    }
  });

  test('no chart depends on another, and within charts dependencies are one layer deep: cdk8s takes exponential time over layers', () => {
    const charts = planStack(INPUTS).map(({ chart }) => chart);

    for (const chart of charts) {
      const targets = chart.node.findAll().flatMap(({ node }) => node.dependencies);
      expect(targets.filter((target) => Chart.of(target) !== chart)).toEqual([]);
      expect(targets.flatMap(({ node }) => node.dependencies)).toEqual([]);
    }
  });
});

describe('the files of a rendering', () => {
  const groups = [...groupObjects(renderCluster(INPUTS))];

  test('are one for each release and each project', () => {
    expect(groups.map(({ path }) => path)).toEqual([...new Set(groups.map(({ path }) => path))]);
    expect(groups.filter(({ path }) => path.startsWith('projects/'))).toHaveLength(PROJECTS.length);
    expect(groups.map(({ path }) => path)).toContain('system/argo-system');
  });

  test('as JSON say an object and where it comes from on each line', () => {
    const lines = groups.map(jsonLines).join('').trimEnd().split('\n');

    expect(lines.map((line) => JSON.parse(line))).toEqual([...renderCluster(INPUTS)]);
  });
});
