import { CuratedTemplatesChart } from '../../constructs/curated-templates-chart';
import { ProjectsChart } from '../../constructs/projects-chart';
import { PARAMETER_NAMES } from '../../core/definition-parameters';
import { projectObjectName } from '../../core/project-name';
import { CURATED_TEMPLATES } from '../../core/workflow-policy/table';
import { IMAGES, PROJECT } from './fixtures';
import { synth } from './synth';

describe('CuratedTemplatesChart', () => {
  const chart = synth((app) => new CuratedTemplatesChart(app, 'templates', { images: IMAGES }));

  test('publishes exactly what definitions may refer to', () => {
    const published = chart.all('ClusterWorkflowTemplate').map((object) => {
      const { templates } = object['spec'] as { templates: { name: string }[] };
      return [object.metadata.name, templates.map(({ name }) => name)];
    });

    expect(Object.fromEntries(published)).toEqual(CURATED_TEMPLATES);
  });

  test('uses parameters that every run gets, and none in a script: text cannot become a command', () => {
    const text = JSON.stringify(chart.objects);
    const used = [...text.matchAll(/\{\{workflow\.parameters\.([a-z-]+)\}\}/g)];
    const commands = [...text.matchAll(/"command":(\["\/bin\/sh","-e?uc",.*?\])(?=,"env")/g)].map(
      ([, command]) => command,
    );

    expect(used.map(([, name]) => name).filter((name) => !PARAMETER_NAMES.some((known) => known === name))).toEqual([]);
    expect(commands).toHaveLength(10);
    expect(commands.filter((command) => command?.includes('{{'))).toEqual([]);
  });

  test('manifest is unchanged', () => {
    expect(chart.objects).toMatchSnapshot();
  });
});

describe('ProjectsChart', () => {
  const chart = synth((app) => new ProjectsChart(app, 'projects', { projects: [PROJECT] }));

  test('a project is one cluster-scoped object, named after its namespace', () => {
    expect(chart.all('Project').map(({ metadata }) => [metadata.name, metadata.namespace])).toEqual([
      [projectObjectName('mediawiki/core'), undefined],
    ]);
  });

  test('people are listed in one order, so that a reordered list changes nothing', () => {
    expect(chart.find('Project')['spec']).toMatchObject({ owners: ['ann', 'zoe'] });
  });

  test('manifest is unchanged', () => {
    expect(chart.objects).toMatchSnapshot();
  });
});
