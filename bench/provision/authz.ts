import { KubeConfig } from '@kubernetes/client-node';
import { ProjectRole } from '../../core/access';
import type { KubeObject } from '../../core/kube-object';
import { ProjectSpec } from '../../core/project';
import { namespaceForProject } from '../../core/project-name';
import { KubeClient } from '../../services/shared/kube-client';
import type { StackInputs } from '../../stacks/release';
import { type Benchmark, compare, type Measurement, quantile } from '../measurement';
import { inputsOfSize } from '../render/bench-inputs';
import { applyObjects, type ControlPlane, startControlPlane } from './control-plane';
import { scaleObjects } from './scale-objects';
import { scaleSize } from './scale-size';

/** Who asks: the one user of the fixture that has no rights but those a project gives. */
const OWNER = 'limited';
const MINE = 'bench/mine';
const ROUNDS = 10;
const CALLS_A_ROUND = 100;
const WARM_UP = 50;
const CLUSTER_WIDE = 'the same where every project has a ClusterRoleBinding instead';

/**
 * What it costs a project's owner that there are ten thousand others. Two control planes are up at once and are asked
 * in turn; a third design, a ClusterRoleBinding a project, is then put on the small one.
 */
export const authz: Benchmark = {
  names: {
    'authz.review': "ms p50 of a SelfSubjectAccessReview as one project's owner at 10,000 namespaces, beside 1",
    'authz.get': "ms p50 of a GET in it as the project's owner at 10,000 namespaces, beside 1",
    'authz.review.cluster-wide': `ms p50 of the SelfSubjectAccessReview at 10,000 namespaces, beside ${CLUSTER_WIDE}`,
    'authz.get.cluster-wide': `ms p50 of the GET at 10,000 namespaces, beside ${CLUSTER_WIDE}`,
  },
  run: async (progress) => {
    const count = scaleSize(10_000);
    const planes: ControlPlane[] = [];
    const start = async (projects: number) => {
      const stack = scaleObjects(inputsWithMine(projects));
      const plane = await startControlPlane(stack);
      planes.push(plane);
      progress(`${await applyObjects(plane, () => stack.objects())} objects of ${projects} projects are there`);
      return plane;
    };
    try {
      const [one, all] = [await start(1), await start(count)];
      const designs = { ours: ask(all), peer: ask(one) };
      const samples = await inTurn(designs, progress);
      const bindings = Array.from({ length: count }, (_, index) => clusterRoleBinding(index));
      await applyObjects(one, () => bindings);
      progress(`${count} ClusterRoleBindings on the other`);
      const clusterWide = await inTurn({ ours: designs.ours, peer: ask(one) }, progress);
      const at = `the same at 1 namespace (here ${count} against 1)`;
      return [...measurements('', at, samples), ...measurements('.cluster-wide', CLUSTER_WIDE, clusterWide)];
    } finally {
      for (const plane of planes) await plane.remove();
    }
  },
};

interface Calls {
  review(): Promise<unknown>;
  get(): Promise<unknown>;
}

type Sample = { readonly review: number[]; readonly get: number[] };

/** The stack with so many projects, one of which is the asking user's. */
function inputsWithMine(count: number): StackInputs {
  const { config, requirement } = inputsOfSize(count - 1);
  const mine = ProjectSpec.parse({ gerritName: MINE, owners: [OWNER] });
  return { config: { ...config, projects: [...config.projects, mine] }, requirement };
}

function ask({ server }: ControlPlane): Calls {
  const config = new KubeConfig();
  config.loadFromFile(server.kubeconfigFor('limited'));
  const client = new KubeClient(config);
  const namespace = namespaceForProject(MINE);
  const resourceAttributes = { namespace, verb: 'create', group: 'argoproj.io', resource: 'workflows' };
  return {
    review: () =>
      client.create('/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SelfSubjectAccessReview',
        spec: { resourceAttributes },
      }),
    get: () => client.get(`/api/v1/namespaces/${namespace}/resourcequotas/compute`),
  };
}

/** Rounds of both, one after the other, each call timed. */
async function inTurn(
  sides: { readonly ours: Calls; readonly peer: Calls },
  progress: (line: string) => void,
): Promise<{ ours: Sample; peer: Sample }> {
  const samples = { ours: { review: [], get: [] }, peer: { review: [], get: [] } };
  for (const side of ['peer', 'ours'] as const) await timeCalls(sides[side], WARM_UP, { review: [], get: [] });
  for (let round = 0; round < ROUNDS; round++) {
    for (const side of ['peer', 'ours'] as const) await timeCalls(sides[side], CALLS_A_ROUND, samples[side]);
  }
  for (const call of ['review', 'get'] as const) {
    const [ours, peer] = [quantile(samples.ours[call], 0.5), quantile(samples.peer[call], 0.5)];
    progress(`${call}: ${ours.toFixed(2)} ms beside ${peer.toFixed(2)} ms`);
  }
  return samples;
}

async function timeCalls(calls: Calls, times: number, into: Sample): Promise<void> {
  for (let index = 0; index < times; index++) {
    for (const call of ['review', 'get'] as const) {
      const started = performance.now();
      await calls[call]();
      into[call].push(performance.now() - started);
    }
  }
}

function measurements(suffix: string, peer: string, samples: { ours: Sample; peer: Sample }): Measurement[] {
  return (['review', 'get'] as const).map((call) =>
    compare(
      { name: `authz.${call}${suffix}`, unit: 'ms', peer },
      { ours: samples.ours[call], peer: samples.peer[call] },
      0.5,
    ),
  );
}

/** As a design without namespaced bindings would have one for each project. */
function clusterRoleBinding(index: number): KubeObject {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: `project-${index}` },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: ProjectRole.owner },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: `owner-${index}` }],
  };
}
