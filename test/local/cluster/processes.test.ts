import { clusterProcesses } from '../../../local/cluster/processes';
import { ProcessSpec } from '../../../local/cluster/supervisor/process-spec';
import { startLayers } from '../../../local/cluster/supervisor/start-order';
import { localPaths } from '../../../local/paths';

const paths = localPaths({ HOME: '/home/ada' });
const processes = clusterProcesses(paths, (name) => `/bin/${name}`, ['/bin/node'], '/src').map((spec) =>
  ProcessSpec.parse(spec),
);

function commandOf(name: string): readonly string[] {
  const spec = processes.find((process) => process.name === name);
  if (spec === undefined) {
    throw new Error(`no process '${name}'`);
  }
  return spec.command;
}

test('storage and containers come first, then the API server, then what needs it', () => {
  const layers = startLayers(processes);

  expect(layers[0]).toEqual(['etcd', 'containerd']);
  expect(layers[1]).toEqual(['kube-apiserver']);
  expect(layers[2]).toEqual(expect.arrayContaining(['kubelet', 'kube-scheduler', 'kube-controller-manager']));
});

test('every daemon but the volume provisioner, which serves nobody, has a probe', () => {
  const without = processes.filter((spec) => spec.kind === 'daemon' && spec.probe === undefined);

  expect(without.map((spec) => spec.name)).toEqual(['volume-provisioner']);
});

test('etcd syncs every write', () => {
  expect(commandOf('etcd').filter((argument) => argument.includes('fsync'))).toEqual([]);
});

test('etcd takes only clients with a certificate of its own authority, and only on loopback', () => {
  expect(commandOf('etcd')).toEqual(
    expect.arrayContaining([
      '--client-cert-auth',
      `--trusted-ca-file=${paths.pki}/etcd-ca.crt`,
      '--listen-client-urls=https://127.0.0.1:2379',
    ]),
  );
});

test('the API server knows nobody without credentials and limits the node to its own objects', () => {
  expect(commandOf('kube-apiserver')).toEqual(
    expect.arrayContaining([
      '--anonymous-auth=false',
      '--authorization-mode=Node,RBAC',
      '--enable-admission-plugins=NodeRestriction',
    ]),
  );
});

test('logs are asked for at the address of the node, whose certificate is checked', () => {
  expect(commandOf('kube-apiserver')).toEqual(
    expect.arrayContaining([
      '--kubelet-preferred-address-types=InternalIP',
      `--kubelet-certificate-authority=${paths.pki}/cluster-ca.crt`,
    ]),
  );
});

test('connection tracking limits of the machine are left alone', () => {
  expect(commandOf('kube-proxy')).toEqual(expect.arrayContaining(['--conntrack-max-per-core=0']));
});

test('no command line holds a key or password, only paths of files', () => {
  const suspicious = processes
    .flatMap((spec) => spec.command)
    .filter((argument) => /password|token=|BEGIN/.test(argument));

  expect(suspicious).toEqual([]);
});

test('only NetworkPolicy is left to kube-router', () => {
  expect(commandOf('kube-router')).toEqual(
    expect.arrayContaining(['--run-firewall=true', '--run-router=false', '--run-service-proxy=false']),
  );
});
