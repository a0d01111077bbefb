import { renderProjectNamespace } from '../../constructs/render-project-namespace';
import type { KubeObject } from '../../core/kube-object';
import type { ProjectSpec } from '../../core/project';
import { NETWORK, PROJECT, PROJECT_CLASS, STORE } from './fixtures';
import { ask } from './synth';

function render(overrides: Partial<ProjectSpec> = {}) {
  return ask(
    renderProjectNamespace({
      project: { ...PROJECT, ...overrides },
      projectClass: PROJECT_CLASS,
      network: NETWORK,
      store: STORE,
    }),
  );
}

const subjectsOf = (binding: KubeObject) => binding['subjects'];

describe('ProjectNamespace', () => {
  test('the namespace comes first, and every other object lives in it', () => {
    const [first, ...rest] = render().objects;

    expect(first?.kind).toBe('Namespace');
    expect(new Set(rest.map((object) => object.metadata.namespace))).toEqual(new Set([first?.metadata.name]));
  });

  test('renders the same objects every time', () => {
    expect(render().objects).toEqual(render().objects);
  });

  test('Pod Security is restricted', () => {
    expect(render().find('Namespace')).toMatchObject({
      metadata: { labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
    });
  });

  test('quota and limits are those of the class', () => {
    const { find } = render();

    expect(find('ResourceQuota')['spec']).toMatchObject({
      hard: { pods: 10, 'requests.cpu': '4', 'requests.memory': '8Gi' },
    });
    expect(find('LimitRange')['spec']).toMatchObject({ limits: [{ max: { cpu: '2', memory: '4Gi' } }] });
  });

  test('the quota counts nothing that the quota controller must discover first, so it never refuses all Workflows', () => {
    const { hard } = render().find('ResourceQuota')['spec'] as { hard: Record<string, unknown> };

    expect(Object.keys(hard).filter((resource) => resource.startsWith('count/'))).toEqual([]);
  });

  test('there is a runner account for each trust class, and both may report task results only', () => {
    const { all, find } = render();

    expect(all('ServiceAccount').map(({ metadata }) => metadata.name)).toEqual([
      'runner-pre-review',
      'runner-post-review',
    ]);
    expect(find('RoleBinding', 'runners')).toMatchObject({
      roleRef: { kind: 'ClusterRole', name: 'seakeeper-runner' },
    });
  });

  test('owners are users, in an order that does not depend on how they were listed', () => {
    expect(subjectsOf(render({ owners: ['zoe', 'ann'] }).find('RoleBinding', 'owners'))).toEqual(
      subjectsOf(render({ owners: ['ann', 'zoe'] }).find('RoleBinding', 'owners')),
    );
  });

  test('a binding nobody is in stays, empty, so that none is left behind with people in it', () => {
    expect(subjectsOf(render({ owners: [] }).find('RoleBinding', 'owners'))).toEqual([]);
  });

  test('the public web sees a public project and not a private one', () => {
    const viewers = (visibility: 'public' | 'private') =>
      subjectsOf(render({ visibility }).find('RoleBinding', 'public-viewers'));

    expect(viewers('public')).toMatchObject([{ name: 'argo-server' }, { name: 'status' }]);
    expect(viewers('private')).toEqual([]);
  });

  test('nothing comes in', () => {
    expect(render().find('NetworkPolicy', 'deny-all')['spec']).toEqual({
      podSelector: {},
      policyTypes: ['Ingress', 'Egress'],
    });
  });

  test('egress reaches everything outside, and neither metadata nor the cluster, in both address families', () => {
    expect(render().find('NetworkPolicy', 'egress-outside')['spec']).toMatchObject({
      egress: [
        {
          to: [
            { ipBlock: { cidr: '0.0.0.0/0', except: ['10.244.0.0/16', '10.96.0.0/16', '169.254.0.0/16'] } },
            { ipBlock: { cidr: '::/0', except: ['fd00:10::/64', 'fd00:ec2::254/128', 'fe80::/10'] } },
          ],
        },
      ],
    });
  });

  test('each hole is one policy with exactly its destination and ports', () => {
    expect(render().find('NetworkPolicy', 'egress-api-server')['spec']).toEqual({
      podSelector: {},
      policyTypes: ['Egress'],
      egress: [{ to: [{ ipBlock: { cidr: '10.0.0.1/32' } }], ports: [{ protocol: 'TCP', port: 6443 }] }],
    });
  });

  test("artifacts go under the namespace's own prefix, with the project's own key", () => {
    const { data } = render().find('ConfigMap', 'artifact-repositories') as { data?: Record<string, string> };

    expect(JSON.parse(data?.['store'] ?? '')).toMatchObject({
      s3: {
        keyFormat: '{{workflow.namespace}}/{{workflow.name}}/{{pod.name}}',
        accessKeySecret: { name: 'artifact-store', key: 'accesskey' },
      },
    });
  });

  test('holds no Secret: the provisioner fills the store key', () => {
    expect(render().all('Secret')).toEqual([]);
  });

  test('manifest is unchanged', () => {
    expect(render().objects).toMatchSnapshot();
  });
});
