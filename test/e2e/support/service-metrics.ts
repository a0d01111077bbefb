import type { AccountReference } from '../../../constructs/rbac';
import { Port } from '../../../core/service-config';
import type { KubeClient } from '../../../services/shared/kube-client';

/** Sum of a counter of one of our services, over the series that have these labels; 0 when there is none yet. */
export async function counterOf(
  kube: KubeClient,
  service: AccountReference,
  counter: string,
  labels: Readonly<Record<string, string>> = {},
): Promise<number> {
  const proxy = `/api/v1/namespaces/${service.namespace}/services/${service.name}:${Port.http}/proxy/metrics`;
  const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  return (await kube.text(proxy))
    .split('\n')
    .filter((line) => line.startsWith(`${counter} `) || line.startsWith(`${counter}{`))
    .filter((line) => wanted.every((label) => line.includes(label)))
    .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}
