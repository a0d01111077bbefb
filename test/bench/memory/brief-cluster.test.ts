import { BriefCluster } from '../../../bench/memory/brief-cluster';
import { Annotation } from '../../../core/labels';

const ALL = '/apis/argoproj.io/v1alpha1/workflows';
const RUNNING = `${ALL}?labelSelector=workflows.argoproj.io%2Fcompleted%21%3Dtrue`;

/** Types of the first so many lines of a watch. */
async function typesOf(cluster: BriefCluster, path: string, count: number): Promise<string[]> {
  const types: string[] = [];
  for await (const line of cluster.watch(path, new AbortController().signal)) {
    types.push((line as { type: string }).type);
    if (types.length === count) break;
  }
  return types;
}

test('a Workflow ends once it is made, is gone once it is reported, and nothing of it is kept', async () => {
  const cluster = new BriefCluster(['demo']);
  const everything = typesOf(cluster, ALL, 3);
  const running = typesOf(cluster, RUNNING, 2);

  await cluster.create(`${ALL}`, { metadata: { name: 'run-1', labels: {}, annotations: {} }, spec: {} });
  await expect(running).resolves.toEqual(['ADDED', 'DELETED']);
  const path = '/apis/argoproj.io/v1alpha1/namespaces/ci-demo/workflows/run-1';
  await cluster.patch(path, 'merge', { metadata: { annotations: { [Annotation.reported]: 'Succeeded' } } });

  await expect(everything).resolves.toEqual(['ADDED', 'MODIFIED', 'DELETED']);
  expect(cluster.reported).toBe(1);
  await expect(cluster.get(path)).rejects.toThrow('404');
});
