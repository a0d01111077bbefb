import { parse } from 'yaml';
import { ADDRESS_PLAN } from '../../../local/cluster/address-plan';
import { reachableNameServers, renderConfigFiles } from '../../../local/cluster/config-files';
import { localPaths } from '../../../local/paths';

const paths = localPaths({ HOME: '/home/ada' });
const render = (nameServers: string[] = ['192.0.2.53']) =>
  renderConfigFiles(paths, { cniPlugins: '/usr/lib/cni', nameServers });
const kubelet = () => parse(render()['kubelet.yaml'] ?? '') as Record<string, unknown>;

test('no image is ever collected, because none can be pulled again', () => {
  const { evictionHard, ...config } = kubelet();

  expect(config).toMatchObject({ imageGCHighThresholdPercent: 100, imageMinimumGCAge: '87600h' });
  expect(Object.keys(evictionHard as object)).toEqual(['memory.available']);
});

test('the kubelet takes no request without credentials', () => {
  expect(kubelet()).toMatchObject({
    readOnlyPort: 0,
    authentication: { anonymous: { enabled: false } },
    authorization: { mode: 'Webhook' },
  });
});

test('pods live below our own cgroup and fit into the addresses there are', () => {
  expect(kubelet()).toMatchObject({ cgroupRoot: '/seakeeper', maxPods: 250 });
});

test("containerd keeps everything apart from the machine's own", () => {
  const toml = render()['containerd.toml'] ?? '';

  expect(toml).toContain('root = "/home/ada/.local/state/seakeeper/local/containerd"');
  expect(toml).toContain('state = "/run/seakeeper/containerd"');
  expect(toml).toContain('conf_dir = "/home/ada/.local/state/seakeeper/local/config/cni"');
});

test('pods get addresses of the plan through a bridge of our own name', () => {
  const conflist = JSON.parse(render()['cni/10-seakeeper.conflist'] ?? '');

  expect(conflist.plugins[0]).toMatchObject({
    bridge: ADDRESS_PLAN.bridge,
    ipMasq: true,
    ipam: { ranges: [[{ subnet: ADDRESS_PLAN.podCidr }]] },
  });
});

test('names outside the cluster are asked of the name servers of the machine', () => {
  expect(render()['Corefile']).toContain('forward . 192.0.2.53');
});

test('a machine without a name server still gets a valid Corefile', () => {
  expect(render([])['Corefile']).not.toContain('forward');
});

describe('reachableNameServers', () => {
  test('leaves out those that only the host itself reaches', () => {
    const text = 'search example.org\nnameserver 127.0.0.53\nnameserver 192.0.2.53\nnameserver ::1\n';

    expect(reachableNameServers(text)).toEqual(['192.0.2.53']);
  });

  test('reads nothing into comments', () => {
    expect(reachableNameServers('# nameserver 192.0.2.53\n')).toEqual([]);
  });
});
