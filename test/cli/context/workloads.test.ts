import { readWorkloads } from '../../../cli/context/workloads';

const workload = (namespace: string, name: string, replicas: number, readyReplicas?: number) => ({
  metadata: { namespace, name },
  spec: { replicas },
  status: readyReplicas === undefined ? {} : { readyReplicas },
});

test('reads what runs in the namespaces of the system, and nothing of others', async () => {
  const lists: Record<string, unknown[]> = {
    '/apis/apps/v1/deployments': [workload('gerrit-gateway', 'trigger', 2, 1), workload('shop', 'till', 1, 1)],
    '/apis/apps/v1/statefulsets': [workload('artifacts', 'minio', 1)],
  };

  expect(await readWorkloads({ get: async (path) => ({ items: lists[path] }) })).toEqual([
    { namespace: 'artifacts', name: 'minio', ready: 0, wanted: 1 },
    { namespace: 'gerrit-gateway', name: 'trigger', ready: 1, wanted: 2 },
  ]);
});
