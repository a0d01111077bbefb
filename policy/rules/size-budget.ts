import type { KubeObject } from '../../core/kube-object';
import type { ClusterRule } from '../rule';

const GIB = 2 ** 30;

/**
 * What the objects of a rendering may take. Namespaces: tested up to 10,000 (kubernetes/community
 * sig-scalability/configs-and-limits/thresholds.md). Bytes: half of etcd's default quota of 2 GiB
 * (etcd.io/docs, "System limits"), for events, runs and the versions kept until compaction need the other half.
 */
export const BUDGET = { namespaces: 10_000, etcdBytes: GIB } as const;

/**
 * What each namespace has that no rendering shows: its default ServiceAccount, the root certificate and the key to the
 * artifact store. Bytes read from etcd.
 */
const PER_NAMESPACE = { objects: 3, bytes: 2_062 } as const;

/**
 * What an object takes in etcd beyond its JSON: uid, times and managed fields. Read from etcd on Kubernetes 1.34: the 18
 * objects of a project namespace, 8.3 kB as JSON, take 13.0 kB, for built-in kinds are stored as protobuf; a custom
 * object is stored as JSON, its managed fields and status with it.
 */
const SERVER_BYTES = { builtIn: 270, custom: 1_400 } as const;

const BUILT_IN = /^(v1|apps\/|batch\/|policy\/|autoscaling\/|[a-z.]+\.k8s\.io\/)/;

/** How much a rendering takes. */
export interface ClusterSize {
  readonly objects: number;
  readonly namespaces: number;
  /** Estimated bytes in etcd of one version of each object. */
  readonly etcdBytes: number;
}

/** Size of a rendering, with what Kubernetes adds to it. */
export function clusterSize(objects: Iterable<KubeObject>): ClusterSize {
  let [count, namespaces, etcdBytes] = [0, 0, 0];
  for (const object of objects) {
    count += 1;
    etcdBytes += JSON.stringify(object).length + SERVER_BYTES[BUILT_IN.test(object.apiVersion) ? 'builtIn' : 'custom'];
    if (object.kind === 'Namespace') {
      namespaces += 1;
      count += PER_NAMESPACE.objects;
      etcdBytes += PER_NAMESPACE.bytes;
    }
  }
  return { objects: count, namespaces, etcdBytes };
}

/** A rule that a cluster stays within a budget. */
export function withinBudget(budget: { readonly namespaces: number; readonly etcdBytes: number }): ClusterRule {
  return {
    id: 'size-budget',
    scope: 'cluster',
    title: `At most ${budget.namespaces} namespaces and about ${budget.etcdBytes / 2 ** 20} MiB of objects in etcd.`,
    why: 'Beyond it the control plane is untested, and etcd refuses every write once its quota is reached.',
    check: (objects) => {
      const { namespaces, etcdBytes } = clusterSize(objects);
      const [object] = objects;
      const over = [
        ...(namespaces > budget.namespaces ? [`${namespaces} namespaces, at most ${budget.namespaces}`] : []),
        ...(etcdBytes > budget.etcdBytes ? [`about ${etcdBytes} bytes in etcd, at most ${budget.etcdBytes}`] : []),
      ];
      return object === undefined ? [] : over.map((message) => ({ object, message }));
    },
  };
}

/** The cluster stays within what one API server and etcd are known to carry. */
export const sizeBudget: ClusterRule = withinBudget(BUDGET);
