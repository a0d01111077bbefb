import { ADDRESS_PLAN } from './address-plan';

/** What decides whether the node can be made on a machine. */
export type MachineFacts = Readonly<{
  userId: number;
  /** Mount points of cgroup hierarchies. */
  cgroupHierarchies: readonly string[];
  /** Free on the disk of the state folder. */
  freeBytes: number;
  /** State folder of the cluster that is running, or was and left things behind; undefined: none. */
  recordedOwner: string | undefined;
  namespaceExists: boolean;
  interfaceExists: boolean;
  /** Text of `ip -4 -oneline address show`. */
  addresses: string;
  /** Text of `ip -4 route show`. */
  routes: string;
}>;

export type Obstacle = Readonly<{ problem: string; cure: string }>;

const GIBIBYTE = 1024 ** 3;
export const NEEDED_BYTES = 5 * GIBIBYTE;
const { namespace, hostInterface, subnet } = ADDRESS_PLAN;
const SUBNET_PREFIX = subnet.replace(/0\/\d+$/, '');

/** The first thing that stands in the way of starting the node with this state folder; undefined: nothing. */
export function findObstacle(facts: MachineFacts, state: string): Obstacle | undefined {
  if (facts.userId !== 0) {
    return {
      problem: `the local cluster must be started as root (it makes a network namespace and runs containerd), not as user ${facts.userId}`,
      cure: 'run it with sudo, or use a cluster of your own: npm start -- --context NAME',
    };
  }
  if (facts.cgroupHierarchies.length === 0) {
    return {
      problem: 'no cgroup hierarchy is mounted, so containers cannot be limited',
      cure: 'run "mount -t cgroup2 none /sys/fs/cgroup", or use a machine that has cgroups',
    };
  }
  if (facts.freeBytes < NEEDED_BYTES) {
    return {
      problem: `${state} is on a disk with ${(facts.freeBytes / GIBIBYTE).toFixed(1)} GiB free, the cluster needs ${NEEDED_BYTES / GIBIBYTE} GiB`,
      cure: 'free some space, or set XDG_STATE_HOME to a folder on another disk',
    };
  }
  return findForeign(facts, state);
}

function findForeign(facts: MachineFacts, state: string): Obstacle | undefined {
  if (facts.recordedOwner !== undefined) {
    return facts.recordedOwner === state
      ? undefined
      : {
          problem: `a local cluster with another state folder (${facts.recordedOwner}) is on this machine`,
          cure: 'stop it with "npm run stop" and that folder\'s XDG_STATE_HOME',
        };
  }
  if (facts.namespaceExists) {
    return {
      problem: `the network namespace "${namespace}" exists and is not ours`,
      cure: `remove it with "ip netns delete ${namespace}"`,
    };
  }
  if (facts.interfaceExists) {
    return {
      problem: `the network interface "${hostInterface}" exists and is not ours`,
      cure: `remove it with "ip link delete ${hostInterface}"`,
    };
  }
  const taken = [...facts.addresses.split('\n'), ...facts.routes.split('\n')].find((line) =>
    line.split(/[\s/]+/).some((word) => word.startsWith(SUBNET_PREFIX)),
  );
  return taken === undefined
    ? undefined
    : {
        problem: `addresses of ${subnet}, which the local cluster uses, are taken: "${taken.trim()}"`,
        cure: 'take that network down while the local cluster runs',
      };
}
