import { KubeError } from '../../../../services/shared/kube-client';
import { KubeQuotas } from '../../../../services/trigger/admission/kube-quotas';
import { NO_LIMITS } from '../../../../services/trigger/admission/model-pod';

const MI = 2 ** 20;
const QUOTA = {
  spec: { hard: { pods: '10', 'requests.cpu': '4', 'requests.memory': '8Gi', 'limits.memory': '8Gi' } },
  status: {
    hard: { pods: '5', 'requests.cpu': '2', 'requests.memory': '6Gi', 'limits.memory': '6Gi', 'count/other': '3' },
    used: { pods: '1', 'requests.cpu': '1510m', 'requests.memory': '96Mi', 'limits.memory': '512Mi' },
  },
};
const LIMITS = {
  spec: {
    limits: [
      { type: 'Pod', max: { cpu: '9' } },
      {
        type: 'Container',
        defaultRequest: { cpu: '100m', memory: '64Mi' },
        default: { cpu: '1', memory: '256Mi' },
        max: { cpu: '1', memory: '3Gi' },
      },
    ],
  },
};
const container = (cpu: string, memory: string) => ({
  resources: { requests: { cpu, memory }, limits: { memory } },
});
const PODS = {
  items: [
    {
      metadata: { labels: { 'workflows.argoproj.io/workflow': 'run' } },
      spec: {
        initContainers: [container('10m', '32Mi'), { ...container('200m', '100Mi'), restartPolicy: 'Always' }],
        containers: [container('10m', '32Mi'), container('300m', '64Mi')],
      },
    },
    { metadata: {}, spec: { containers: [container('1', '1Gi')] } },
  ],
};

/** An API server that has what it is given by the end of its path. */
function quotas(objects: Readonly<Record<string, unknown>>) {
  const asked: string[] = [];
  const get = async (path: string) => {
    asked.push(path);
    const found = Object.entries(objects).find(([part]) => path.includes(part))?.[1];
    if (found === undefined) {
      throw new KubeError(404, 'NotFound', path);
    }
    return found;
  };
  return { asked, quotas: new KubeQuotas({ get }) };
}

test('what may ever be used is the quota as it was asked for, what is left the one Kubernetes goes by', async () => {
  const room = await quotas({ 'resourcequotas/compute': QUOTA, 'limitranges/containers': LIMITS }).quotas.room(
    'ci-a',
    false,
  );

  expect(room.hard).toEqual({ pods: 10, 'requests.cpu': 4, 'requests.memory': 8192 * MI, 'limits.memory': 8192 * MI });
  expect(room.look).toMatchObject({
    hard: { pods: 5, 'requests.cpu': 2, 'requests.memory': 6144 * MI, 'limits.memory': 6144 * MI },
    used: { pods: 1, 'requests.cpu': 1.51, 'requests.memory': 96 * MI, 'limits.memory': 512 * MI },
  });
  expect(room.look.byWorkflow).toBeUndefined();
  expect(room.limits).toEqual({
    defaultRequest: { cpu: 0.1, memory: 64 * MI },
    default: { cpu: 1, memory: 256 * MI },
    max: { cpu: 1, memory: 3072 * MI },
  });
});

test('a namespace without quota and limits has none', async () => {
  const room = await quotas({}).quotas.room('ci-a', false);

  expect(room).toMatchObject({ hard: {}, limits: NO_LIMITS, look: { hard: {} } });
});

test('a burst of one namespace shares what it reads', async () => {
  const { asked, quotas: looked } = quotas({ 'resourcequotas/compute': QUOTA, 'limitranges/containers': LIMITS });

  const rooms = await Promise.all(Array.from({ length: 10 }, () => looked.room('ci-a', false)));

  expect(new Set(rooms.map(({ look }) => look.hard.pods))).toEqual(new Set([5]));
  // What the first asked for, and what the others did while it was on its way.
  expect(asked).toHaveLength(4);
});

test('pods that have not ended are counted by Workflow, as the quota counts them', async () => {
  const { asked, quotas: looked } = quotas({ '/pods?': PODS, 'resourcequotas/compute': QUOTA });

  const { byWorkflow } = await looked.look('ci-a', true);

  expect(asked[0]).toContain('fieldSelector=status.phase%21%3DSucceeded%2Cstatus.phase%21%3DFailed');
  expect([...(byWorkflow ?? [])]).toEqual([
    ['run', { pods: 1, 'requests.cpu': 0.51, 'requests.memory': 196 * MI, 'limits.memory': 196 * MI }],
    ['', { pods: 1, 'requests.cpu': 1, 'requests.memory': 1024 * MI, 'limits.memory': 1024 * MI }],
  ]);
});
