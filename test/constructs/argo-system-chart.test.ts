import { z } from 'zod';
import { ArgoSystemChart } from '../../constructs/argo-system-chart';
import { IMAGES } from './fixtures';
import { synth } from './synth';

const Data = z.object({ data: z.record(z.string(), z.string()) });
const chart = (replicas = 1) => synth((app) => new ArgoSystemChart(app, 'argo-system', { images: IMAGES, replicas }));
const settings = () => {
  const { data } = Data.parse(chart().find('ConfigMap', 'workflow-controller-configmap'));
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, JSON.parse(value)]));
};

describe('ArgoSystemChart', () => {
  test("Argo's own containers pass Pod Security restricted, which upstream's defaults do not", () => {
    expect(settings()).toMatchObject({
      executor: { securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } } },
      mainContainer: { securityContext: { allowPrivilegeEscalation: false } },
      workflowDefaults: {
        spec: { securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } } },
      },
    });
  });

  test('deleting a Workflow deletes no artifact: retention is the bucket’s', () => {
    expect(settings()).toMatchObject({ workflowDefaults: { spec: { artifactGC: { strategy: 'Never' } } } });
  });

  test('there is no default artifact repository: each project names its own', () => {
    expect(settings()).not.toHaveProperty('artifactRepository');
  });

  test('expressions over what tenants wrote are off', () => {
    expect(JSON.stringify(chart().find('Deployment', 'workflow-controller'))).toContain(
      '{"name":"EXPRESSION_TEMPLATES","value":"false"}',
    );
  });

  test('the events controller manages gerrit-gateway only, and pulls what is missing only', () => {
    const controller = JSON.stringify(chart().find('Deployment', 'argo-events-controller'));

    expect(controller).toContain('"--namespaced","--managed-namespace","gerrit-gateway"');
    expect(controller).toContain('{"name":"IMAGE_PULL_POLICY","value":"IfNotPresent"}');
  });

  test('standing by in twos, each controller has a lease to elect with and a disruption budget', () => {
    const { all } = chart(2);

    expect(all('PodDisruptionBudget').map(({ metadata }) => metadata.name)).toEqual([
      'workflow-controller',
      'argo-events-controller',
    ]);
    for (const role of all('Role')) {
      expect(role['rules']).toContainEqual({
        apiGroups: ['coordination.k8s.io'],
        resources: ['leases'],
        verbs: ['create', 'get', 'update'],
      });
    }
  });

  test('manifest is unchanged', () => {
    expect(chart(2).objects).toMatchSnapshot();
  });
});
