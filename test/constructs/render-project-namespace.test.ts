import { App, Chart } from 'cdk8s';
import fc from 'fast-check';
import {
  type NamespaceMembers,
  ProjectNamespace,
  synthesizeProjectNamespace,
} from '../../constructs/project-namespace';
import { renderProjectNamespace } from '../../constructs/render-project-namespace';
import type { ProjectSpec } from '../../core/project';
import { NETWORK, PROJECT, PROJECT_CLASS, STORE } from './fixtures';

const CLASSES = [PROJECT_CLASS, { ...PROJECT_CLASS, pods: 3, maxContainerMemory: '1Gi' }];

const props = (project: ProjectSpec, projectClass = PROJECT_CLASS) => ({
  project,
  projectClass,
  network: NETWORK,
  store: STORE,
});

const people = fc.array(fc.string({ minLength: 1, unit: 'binary' }), { maxLength: 4 });
const project: fc.Arbitrary<ProjectSpec> = fc.record({
  gerritName: fc.oneof(fc.string({ minLength: 1, maxLength: 60 }), fc.string({ minLength: 1, unit: 'binary' })),
  class: fc.constantFrom('default', 'large'),
  visibility: fc.constantFrom('public', 'private'),
  owners: people,
  contributors: people,
});

const members: fc.Arbitrary<NamespaceMembers> = fc.record({
  owners: people,
  contributors: people,
  ownerGroups: people,
  contributorGroups: people,
});

describe('rendering a project namespace', () => {
  test('makes exactly what cdk8s makes with people of Gerrit, and of a namespace on its way out', () => {
    fc.assert(
      fc.property(
        project,
        members,
        fc.constantFrom(undefined, '2026-01-02T03:04:05.000Z'),
        (spec, people, retiring) => {
          const more = { ...props(spec), members: people, retiring };

          expect(JSON.stringify(renderProjectNamespace(more))).toBe(JSON.stringify(synthesizeProjectNamespace(more)));
        },
      ),
      { numRuns: 60 },
    );
  });

  test('makes exactly what cdk8s makes, in the same order of objects and keys, whatever the project', () => {
    fc.assert(
      fc.property(project, fc.constantFrom(...CLASSES), (spec, projectClass) => {
        const rendered = renderProjectNamespace(props(spec, projectClass));

        expect(JSON.stringify(rendered)).toBe(JSON.stringify(synthesizeProjectNamespace(props(spec, projectClass))));
      }),
      { numRuns: 60 },
    );
  });

  test('makes what stock cdk8s makes of many namespaces in one App', () => {
    const names = ['mediawiki/core', 'operations/puppet', 'A"quoted', 'IPSet'];
    const app = new App();
    const charts = names.map((gerritName, index) => {
      const chart = new Chart(app, `project-${index}`);
      new ProjectNamespace(chart, 'Namespace', props({ ...PROJECT, gerritName }));
      return chart;
    });

    const rendered = names.map((gerritName) => renderProjectNamespace(props({ ...PROJECT, gerritName })));

    expect(rendered).toEqual(charts.map((chart) => chart.toJson()));
  });

  test('follows a class whose limits change under the same name', () => {
    const pods = (count: number) =>
      renderProjectNamespace(props(PROJECT, { ...PROJECT_CLASS, pods: count })).find(
        ({ kind }) => kind === 'ResourceQuota',
      )?.['spec'];

    expect(pods(7)).toMatchObject({ hard: { pods: 7 } });
    expect(pods(8)).toMatchObject({ hard: { pods: 8 } });
  });

  test('parts that projects share cannot be changed through one of them', () => {
    const [, quota] = renderProjectNamespace(props(PROJECT));

    expect(Object.isFrozen(quota?.['spec'])).toBe(true);
  });
});
