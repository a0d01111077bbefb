import { z } from 'zod';
import type { AccountReference } from '../../../constructs/rbac';
import { Port } from '../../../core/service-config';
import type { KubeClient } from '../../../services/shared/kube-client';

const Pods = z.object({ items: z.array(z.object({ metadata: z.object({ name: z.string() }) })) });

/** Sum of a counter of one of our services, over the series that have these labels; 0 when there is none yet. */
export async function counterOf(
  kube: KubeClient,
  service: AccountReference,
  counter: string,
  labels: Readonly<Record<string, string>> = {},
): Promise<number> {
  return sum(await readMetrics(kube, service.namespace, `services/${service.name}`), counter, labels);
}

/** The same over all replicas, also those that stand by. */
export async function counterOfAll(kube: KubeClient, service: AccountReference, counter: string): Promise<number> {
  const selector = encodeURIComponent(`app.kubernetes.io/name=${service.name}`);
  const pods = await kube.get(`/api/v1/namespaces/${service.namespace}/pods?labelSelector=${selector}`);
  const all = Pods.parse(pods).items.map(({ metadata }) =>
    readMetrics(kube, service.namespace, `pods/${metadata.name}`),
  );
  return (await Promise.all(all)).reduce((total, text) => total + sum(text, counter, {}), 0);
}

function readMetrics(kube: KubeClient, namespace: string, what: string): Promise<string> {
  return kube.text(`/api/v1/namespaces/${namespace}/${what}:${Port.http}/proxy/metrics`);
}

function sum(text: string, counter: string, labels: Readonly<Record<string, string>>): number {
  const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  return text
    .split('\n')
    .filter((line) => line.startsWith(`${counter} `) || line.startsWith(`${counter}{`))
    .filter((line) => wanted.every((label) => line.includes(label)))
    .reduce((total, line) => total + Number(line.split(' ').at(-1)), 0);
}
