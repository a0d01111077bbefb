import { z } from 'zod';
import { objectPath } from '../../../bench/provision/object-path';
import { renderProjectNamespace } from '../../../constructs/render-project-namespace';
import type { KubeObject } from '../../../core/kube-object';
import { KEPT_BY_KUBERNETES, storedBytes } from '../../../infra/control-plane/stored-size';
import { type ApiServerFixture, startApiServer } from '../../../local/cluster/api-server-alone';
import { KubeClient } from '../../../services/shared/kube-client';
import { until } from '../support/until';

jest.setTimeout(120_000);

const Range = z.object({ kvs: z.array(z.object({ key: z.string(), value: z.string() })).default([]) });
/** What the estimate may be wrong by: it decides about gibibytes. */
const TOLERANCE = 0.15;
const NAMESPACES = 20;

let server: ApiServerFixture;

beforeAll(async () => {
  server = await startApiServer({
    controllers: [
      'namespace-controller',
      'serviceaccount-controller',
      'root-ca-certificate-publisher-controller',
      'resourcequota-controller',
    ],
  });
}, 600_000);

afterAll(() => server?.stop());

const encode = (text: string) => Buffer.from(text).toString('base64');

/** Bytes of the values of namespaces `ci-…` and all that is in them, as etcd has them. */
async function storedInEtcd(): Promise<{ objects: number; bytes: number }> {
  const answer = await fetch(`${server.etcdUrl}/v3/kv/range`, {
    method: 'POST',
    body: JSON.stringify({ key: encode('/registry/'), range_end: encode('/registry0') }),
  });
  const values = Range.parse(await answer.json())
    .kvs.filter(({ key }) => Buffer.from(key, 'base64').toString().includes('/ci-'))
    .map(({ value }) => Buffer.from(value, 'base64').length);
  return { objects: values.length, bytes: values.reduce((sum, length) => sum + length, 0) };
}

test('what a project namespace takes in etcd is as the budget estimates it', async () => {
  const kube = new KubeClient(server.config());
  const limits = { pods: 10, cpu: '4', memory: '8Gi', maxContainerCpu: '2', maxContainerMemory: '4Gi' };
  const network = {
    clusterCidrs: ['10.244.0.0/16'],
    holes: [
      {
        name: 'dns',
        to: { kind: 'cidr' as const, cidrs: ['10.96.0.10/32'] },
        ports: [{ protocol: 'UDP' as const, port: 53 }],
      },
    ],
    gerritCidrs: [],
  };
  const store = { endpoint: 'minio:9000', insecure: true, bucket: 'artifacts', region: 'us-east-1' };
  const spaces = Array.from({ length: NAMESPACES }, (_, index): KubeObject[] =>
    renderProjectNamespace({
      project: {
        gerritName: `mediawiki/extensions/Extension${index}`,
        class: 'default',
        visibility: 'public',
        owners: [],
        contributors: [],
      },
      projectClass: limits,
      network,
      store,
    }),
  );
  for (const objects of spaces) {
    for (const object of objects)
      await kube.apply(objectPath(object), object, { fieldManager: 'seakeeper-provisioner' });
  }
  const rendered = spaces.flat();
  const expected = {
    objects: rendered.length + NAMESPACES * KEPT_BY_KUBERNETES.objects,
    bytes: rendered.reduce((sum, object) => sum + storedBytes(object), 0) + NAMESPACES * KEPT_BY_KUBERNETES.bytes,
  };

  const stored = await until('Kubernetes has made its own', async () => {
    const now = await storedInEtcd();
    return now.objects >= expected.objects ? now : undefined;
  });

  expect(stored.objects).toBe(expected.objects);
  expect(Math.abs(expected.bytes / stored.bytes - 1)).toBeLessThan(TOLERANCE);
});
