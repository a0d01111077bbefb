import type { KubeClient } from '../kube-client';
import { KubeError } from '../kube-client';
import { Lease } from './lease';

export interface LeaseName {
  readonly namespace: string;
  readonly name: string;
}

/** One Lease on the API server. Needs the verbs get, watch, create and patch on it. */
export class KubeLease {
  private readonly collection: string;

  constructor(private readonly lease: LeaseName) {
    this.collection = `/apis/coordination.k8s.io/v1/namespaces/${lease.namespace}/leases`;
  }

  async read(kube: KubeClient, timeoutMs: number): Promise<Lease | undefined> {
    try {
      return Lease.parse(await kube.get(`${this.collection}/${this.lease.name}`, { timeoutMs }));
    } catch (error) {
      if (error instanceof KubeError && error.status === 404) {
        return undefined;
      }
      throw error;
    }
  }

  async create(kube: KubeClient, spec: object, timeoutMs: number): Promise<Lease> {
    const { name } = this.lease;
    const object = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name }, spec };
    return Lease.parse(await kube.create(this.collection, object, { timeoutMs }));
  }

  /** Rejects with a 409 when the lease has another version by now; labels and the like stay as they are. */
  async write(kube: KubeClient, spec: object, resourceVersion: string, timeoutMs: number): Promise<Lease> {
    const path = `${this.collection}/${this.lease.name}`;
    return Lease.parse(await kube.patch(path, 'merge', { metadata: { resourceVersion }, spec }, { timeoutMs }));
  }

  /** Rejects with a 409 when the lease has another version by now. */
  async annotate(
    kube: KubeClient,
    annotations: Readonly<Record<string, string>>,
    resourceVersion: string,
    timeoutMs: number,
  ): Promise<Lease> {
    const path = `${this.collection}/${this.lease.name}`;
    return Lease.parse(await kube.patch(path, 'merge', { metadata: { resourceVersion, annotations } }, { timeoutMs }));
  }

  /** One value for each change of the lease. */
  watch(kube: KubeClient, signal: AbortSignal): AsyncGenerator<unknown> {
    const query = new URLSearchParams({
      watch: 'true',
      fieldSelector: `metadata.name=${this.lease.name}`,
      timeoutSeconds: '300',
    });
    return kube.watch(`${this.collection}?${query}`, signal);
  }
}
