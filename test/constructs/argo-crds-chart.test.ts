import { ArgoCrdsChart } from '../../constructs/argo-crds-chart';
import { ProjectCrdChart } from '../../constructs/project-crd-chart';
import { synth } from './synth';

describe('ArgoCrdsChart', () => {
  const { objects, find } = synth((app) => new ArgoCrdsChart(app, 'crds'));

  test('defines the eleven kinds of Argo', () => {
    expect(objects).toHaveLength(11);
  });

  test('keeps unknown fields, so that admission can refuse what a full schema would prune', () => {
    expect(find('CustomResourceDefinition', 'workflows.argoproj.io')['spec']).toMatchObject({
      versions: [
        {
          schema: {
            openAPIV3Schema: { properties: { spec: { 'x-kubernetes-preserve-unknown-fields': true } } },
          },
        },
      ],
    });
  });

  test('manifest is unchanged', () => {
    expect(objects).toMatchSnapshot();
  });
});

describe('ProjectCrdChart', () => {
  const { objects, find } = synth((app) => new ProjectCrdChart(app, 'crd'));

  test('is cluster-scoped with a status of its own', () => {
    expect(find('CustomResourceDefinition')['spec']).toMatchObject({
      scope: 'Cluster',
      versions: [{ subresources: { status: {} } }],
    });
  });

  test("forbids renaming: a project's name is its namespace", () => {
    expect(JSON.stringify(objects)).toContain('self == oldSelf');
  });

  test('manifest is unchanged', () => {
    expect(objects).toMatchSnapshot();
  });
});
