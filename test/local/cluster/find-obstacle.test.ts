import { findObstacle, type MachineFacts, NEEDED_BYTES } from '../../../local/cluster/find-obstacle';

const STATE = '/home/ada/.local/state/seakeeper/local';
const fine: MachineFacts = {
  userId: 0,
  cgroupHierarchies: ['/sys/fs/cgroup'],
  freeBytes: NEEDED_BYTES,
  recordedOwner: undefined,
  namespaceExists: false,
  interfaceExists: false,
  addresses: '2: eth0    inet 192.0.2.2/24 brd 192.0.2.255 scope global eth0\\',
  routes: 'default via 192.0.2.1 dev eth0\n192.0.2.0/24 dev eth0',
};

test('nothing is in the way on a machine that has what it takes', () => {
  expect(findObstacle(fine, STATE)).toBeUndefined();
});

test.each([
  ['somebody other than root', { userId: 1000 }, 'as root', 'sudo'],
  ['a machine without cgroups', { cgroupHierarchies: [] }, 'no cgroup hierarchy', 'mount -t cgroup2'],
  ['a full disk', { freeBytes: 1024 ** 3 }, 'disk with 1.0 GiB free', 'XDG_STATE_HOME'],
  ["somebody's network namespace", { namespaceExists: true }, 'is not ours', 'ip netns delete seakeeper'],
  ["somebody's interface", { interfaceExists: true }, '"seakeeper0" exists', 'ip link delete seakeeper0'],
  [
    'an address that is taken',
    { addresses: '3: vpn0    inet 10.250.0.7/24 scope global vpn0\\' },
    'taken: "3: vpn0    inet 10.250.0.7/24',
    'take that network down',
  ],
  ['a route that is taken', { routes: '10.250.0.0/24 via 192.0.2.9 dev eth0' }, 'are taken', 'take that network down'],
  ['a cluster of another state folder', { recordedOwner: '/root/other' }, '(/root/other)', 'npm run stop'],
] as const)('%s is named with its cure', (_, facts, problem, cure) => {
  const obstacle = findObstacle({ ...fine, ...facts }, STATE);

  expect(obstacle?.problem).toContain(problem);
  expect(obstacle?.cure).toContain(cure);
});

test('our own namespace, interface and addresses are not in our way', () => {
  const running: MachineFacts = {
    ...fine,
    recordedOwner: STATE,
    namespaceExists: true,
    interfaceExists: true,
    addresses: '5: seakeeper0    inet 10.250.0.1/24 scope global seakeeper0\\',
  };

  expect(findObstacle(running, STATE)).toBeUndefined();
});

test('an address that only looks alike is not taken for ours', () => {
  expect(
    findObstacle({ ...fine, addresses: '3: vpn0    inet 110.250.0.7/24 scope global vpn0\\' }, STATE),
  ).toBeUndefined();
});
