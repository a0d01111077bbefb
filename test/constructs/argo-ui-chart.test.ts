import { ArgoUiChart } from '../../constructs/argo-ui-chart';
import { LEDGER_URL } from '../../constructs/gerrit-gateway-chart';
import { StatusConfig } from '../../core/service-config';
import { IMAGES, PIPELINES, STORE } from './fixtures';
import { synth } from './synth';

const status = StatusConfig.parse({
  pipelines: PIPELINES,
  store: STORE,
  ledgerUrl: LEDGER_URL,
  gerritUrl: 'https://gerrit.example.org',
});
const chart = (nodePorts?: { status: number; argoServer: number }) =>
  synth(
    (app) => new ArgoUiChart(app, 'ui', { images: IMAGES, status, ...(nodePorts === undefined ? {} : { nodePorts }) }),
  );

describe('ArgoUiChart', () => {
  test('argo-server acts as its own account, which here may read its settings and nothing else', () => {
    expect(JSON.stringify(chart().find('Deployment', 'argo-server'))).toContain('"--auth-mode","server"');
    expect(chart().find('Role')['rules']).toEqual([
      {
        apiGroups: [''],
        resources: ['configmaps'],
        verbs: ['get', 'watch', 'list'],
        resourceNames: ['workflow-controller-configmap'],
      },
    ]);
  });

  test("is reached through the site's ingress, unless ports on the nodes are named", () => {
    expect(chart().find('Service', 'status')['spec']).toMatchObject({ type: 'ClusterIP' });
    expect(chart({ status: 30_088, argoServer: 30_746 }).find('Service', 'argo-server')['spec']).toMatchObject({
      type: 'NodePort',
      ports: [{ port: 2746, nodePort: 30_746 }],
    });
  });

  test('the status pages prove themselves to the ledger, and argo-server, which anybody may talk to, does not', () => {
    expect(JSON.stringify(chart().find('Deployment', 'status'))).toContain('"audience":"gerrit-gateway"');
    expect(JSON.stringify(chart().find('Deployment', 'argo-server'))).not.toContain('gerrit-gateway');
  });

  test('anyone reaches the pages, and nothing else of their pods', () => {
    const policies = chart().all('NetworkPolicy');

    expect(policies.map(({ metadata }) => metadata.name)).toEqual(['status-8088', 'argo-server-2746']);
  });

  test('manifest is unchanged', () => {
    expect(chart().objects).toMatchSnapshot();
  });
});
