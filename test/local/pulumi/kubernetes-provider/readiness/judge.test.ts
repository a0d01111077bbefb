import type { JsonObject } from '../../../../../local/pulumi/kubernetes-provider/json';
import { judge } from '../../../../../local/pulumi/kubernetes-provider/readiness/judge';
import { podTrouble } from '../../../../../local/pulumi/kubernetes-provider/readiness/pod-trouble';

const EMPTY_CLUSTER = { get: async () => undefined, list: async () => [] };

const verdict = async (object: JsonObject, cluster = EMPTY_CLUSTER): Promise<string> => {
  const readiness = await judge(object, cluster);
  return readiness.kind === 'ready' ? 'ready' : `${readiness.kind}: ${readiness.reason}`;
};

const of = (kind: string, spec: JsonObject, status: JsonObject): JsonObject => ({
  ...KINDS[kind],
  metadata: { name: 'web', namespace: 'team', generation: 2 },
  spec,
  status: { observedGeneration: 2, ...status },
});

const KINDS: Record<string, { apiVersion: string; kind: string }> = {
  Deployment: { apiVersion: 'apps/v1', kind: 'Deployment' },
  StatefulSet: { apiVersion: 'apps/v1', kind: 'StatefulSet' },
  DaemonSet: { apiVersion: 'apps/v1', kind: 'DaemonSet' },
  Job: { apiVersion: 'batch/v1', kind: 'Job' },
  Namespace: { apiVersion: 'v1', kind: 'Namespace' },
  PersistentVolumeClaim: { apiVersion: 'v1', kind: 'PersistentVolumeClaim' },
  CustomResourceDefinition: { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' },
  Service: { apiVersion: 'v1', kind: 'Service' },
  ConfigMap: { apiVersion: 'v1', kind: 'ConfigMap' },
};

const DONE = { replicas: 2, updatedReplicas: 2, readyReplicas: 2, availableReplicas: 2 };
const condition = (type: string, more: JsonObject = {}): JsonObject => ({
  conditions: [{ type, status: 'True', ...more }],
});

test.each<[string, JsonObject, JsonObject, string]>([
  ['Deployment', { replicas: 2 }, DONE, 'ready'],
  [
    'Deployment',
    { replicas: 2 },
    { ...DONE, observedGeneration: 1 },
    'waiting: its controller has not seen the change yet',
  ],
  ['Deployment', { replicas: 2 }, { ...DONE, updatedReplicas: 1 }, 'waiting: 1 of 2 replicas updated'],
  ['Deployment', { replicas: 2 }, { ...DONE, replicas: 3 }, 'waiting: 1 old replicas remain'],
  ['Deployment', { replicas: 2 }, { ...DONE, availableReplicas: 0 }, 'waiting: 0 of 2 replicas available'],
  ['Deployment', {}, {}, 'waiting: 0 of 1 replicas updated'],
  [
    'Deployment',
    {},
    { conditions: [{ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded', message: 'too long' }] },
    'failed: ProgressDeadlineExceeded: too long',
  ],
  [
    'Deployment',
    {},
    condition('ReplicaFailure', { reason: 'FailedCreate', message: 'exceeded quota' }),
    'waiting: FailedCreate: exceeded quota',
  ],
  ['StatefulSet', { replicas: 2 }, DONE, 'ready'],
  ['StatefulSet', { replicas: 2 }, { ...DONE, readyReplicas: 1 }, 'waiting: 1 of 2 replicas ready'],
  ['StatefulSet', { replicas: 2 }, { ...DONE, updatedReplicas: 1 }, 'waiting: 1 of 2 replicas updated'],
  [
    'StatefulSet',
    { replicas: 2, updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 1 } } },
    { ...DONE, updatedReplicas: 1 },
    'ready',
  ],
  ['StatefulSet', { replicas: 2, updateStrategy: { type: 'OnDelete' } }, { ...DONE, updatedReplicas: 0 }, 'ready'],
  ['DaemonSet', {}, { desiredNumberScheduled: 1, updatedNumberScheduled: 1, numberAvailable: 1 }, 'ready'],
  ['DaemonSet', {}, { desiredNumberScheduled: 1, updatedNumberScheduled: 1 }, 'waiting: 0 of 1 pods available'],
  ['Job', {}, condition('Complete'), 'ready'],
  ['Job', {}, condition('Failed', { reason: 'BackoffLimitExceeded' }), 'failed: BackoffLimitExceeded'],
  ['Job', {}, {}, 'waiting: 0 pods succeeded'],
  ['Namespace', {}, { phase: 'Active' }, 'ready'],
  ['Namespace', {}, { phase: 'Terminating' }, 'waiting: phase is Terminating'],
  ['PersistentVolumeClaim', {}, { phase: 'Bound' }, 'ready'],
  ['PersistentVolumeClaim', {}, { phase: 'Pending' }, 'waiting: not bound to a volume yet'],
  ['PersistentVolumeClaim', { storageClassName: 'x' }, {}, "waiting: storage class 'x' does not exist"],
  ['CustomResourceDefinition', {}, condition('Established'), 'ready'],
  ['CustomResourceDefinition', {}, {}, 'waiting: not established yet'],
  [
    'CustomResourceDefinition',
    {},
    { conditions: [{ type: 'NamesAccepted', status: 'False', message: 'taken' }] },
    'failed: names not accepted: taken',
  ],
  ['Service', { selector: { app: 'web' } }, {}, 'waiting: no pod it selects is ready'],
  ['Service', { clusterIP: 'None', selector: { app: 'web' } }, {}, 'ready'],
  ['Service', {}, {}, 'ready'],
  ['Service', { type: 'ExternalName', selector: { app: 'web' } }, {}, 'ready'],
  ['ConfigMap', {}, {}, 'ready'],
])('%s %j with status %j is %s', async (kind, spec, status, expected) => {
  expect(await verdict(of(kind, spec, status))).toBe(expected);
});

test('an object annotated so is not waited for', async () => {
  const object = of('Deployment', {}, {});

  expect(await verdict({ ...object, metadata: { annotations: { 'pulumi.com/skipAwait': 'true' } } })).toBe('ready');
});

test('a claim whose storage waits for its first pod is not waited for', async () => {
  const cluster = { ...EMPTY_CLUSTER, get: async () => ({ volumeBindingMode: 'WaitForFirstConsumer' }) };

  expect(
    await judge(of('PersistentVolumeClaim', { storageClassName: 'local' }, { phase: 'Pending' }), cluster),
  ).toEqual({
    kind: 'ready',
  });
});

test('a service is ready with one ready endpoint', async () => {
  const slice = (ready: boolean) => ({ endpoints: [{ conditions: { ready } }] });
  const service = of('Service', { selector: { app: 'web' } }, {});

  expect(await judge(service, { ...EMPTY_CLUSTER, list: async () => [slice(false), slice(true)] })).toEqual({
    kind: 'ready',
  });
  expect(await judge(service, { ...EMPTY_CLUSTER, list: async () => [slice(false)] })).toMatchObject({
    kind: 'waiting',
  });
});

const pod = (status: JsonObject): JsonObject => ({ metadata: { name: 'web-1' }, status });
const container = (state: JsonObject, lastState: JsonObject = {}): JsonObject => ({
  containerStatuses: [{ name: 'main', state, lastState }],
});

test.each<[JsonObject, string | undefined]>([
  [{}, undefined],
  [container({ waiting: { reason: 'ContainerCreating' } }), undefined],
  [
    container({ waiting: { reason: 'ErrImagePull', message: 'no such image' } }),
    'pod web-1: container main: ErrImagePull: no such image',
  ],
  [
    container({ waiting: { reason: 'CrashLoopBackOff' } }, { terminated: { exitCode: 3 } }),
    'pod web-1: container main: CrashLoopBackOff; exited with code 3',
  ],
  [container({ running: {} }, { terminated: { exitCode: 137 } }), 'pod web-1: container main exited with code 137'],
  [
    { conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: 'no node' }] },
    'pod web-1: Unschedulable: no node',
  ],
  [{ phase: 'Failed', reason: 'Evicted', message: 'disk' }, 'pod web-1: Evicted: disk'],
])('a pod with %j suffers from %s', (status, expected) => {
  expect(podTrouble(pod(status))).toBe(expected);
});

test.each([
  ['before the last change of it is of the template before', '06:00:00', 'waiting: 0 of 1 replicas updated'],
  ['after the last change of it is a failure', '06:20:00', 'failed: ProgressDeadlineExceeded'],
])('a Deployment whose deadline passed %s', async (_when, time, expected) => {
  const day = '2026-11-23T';
  const progressing = { type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' };
  const deployment = of('Deployment', {}, { conditions: [{ ...progressing, lastUpdateTime: `${day}${time}Z` }] });
  const managedFields = [
    { manager: 'pulumi', time: `${day}06:10:00Z` },
    { manager: 'kube-controller-manager', subresource: 'status', time: `${day}06:30:00Z` },
  ];

  const changed = { ...deployment, metadata: { name: 'web', namespace: 'team', generation: 2, managedFields } };

  expect(await verdict(changed)).toBe(expected);
});
