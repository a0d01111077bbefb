import { stopCluster } from '../../../local/cluster/stop-cluster';
import { localPaths } from '../../../local/paths';
import { startLocal } from '../../../local/start';
import { differences, type MachineSnapshot, machineSnapshot } from '../support/machine-snapshot';
import { makeVolumePod, type VolumePod } from '../support/volume-pod';

jest.setTimeout(300_000);

const paths = localPaths();
let before: MachineSnapshot;
let during: MachineSnapshot;
let after: MachineSnapshot;
let pod: VolumePod;

const start = async (): Promise<void> => {
  const { gerrit } = await startLocal({ fresh: false });
  await gerrit.admin.close();
};

beforeAll(async () => {
  await stopCluster(paths);
  before = await machineSnapshot();
  await start();
  pod = await makeVolumePod('e2e-footprint');
  during = await machineSnapshot();
  await stopCluster(paths);
  after = await machineSnapshot();
});

test('while the cluster runs, the machine has one interface and one firewall table more', () => {
  const firewall = differences(before, during).filter((line) => /^. (interfaces|iptables|nftables): /.test(line));

  expect(firewall.filter((line) => line.includes('interfaces'))).toEqual([
    expect.stringMatching(/^\+ interfaces: seakeeper0@/),
  ]);
  expect(firewall.filter((line) => line.includes('iptables'))).toEqual([]);
  expect(firewall.filter((line) => line.includes('nftables: table'))).toEqual(['+ nftables: table ip seakeeper {']);
});

test("no mount of the kubelet's or containerd's is seen from outside the node", () => {
  const mounts = differences(before, during).filter((line) => line.includes(' mounts: '));

  expect(mounts.filter((line) => !line.includes('/run/netns'))).toEqual([]);
});

test('after a stop the machine is as it was before the start', () => {
  expect(differences(before, after)).toEqual([]);
});

test('a stop of what does not run changes nothing', async () => {
  await stopCluster(paths);

  expect(differences(after, await machineSnapshot())).toEqual([]);
});

test('the next start goes on with the objects and data there were', async () => {
  await start();

  await pod.waitUntilReady();
  expect(await pod.sh('cat /data/starts')).toBe('started\nstarted\n');
  await pod.remove();
});
